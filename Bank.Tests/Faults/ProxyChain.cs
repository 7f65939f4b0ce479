using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Transforms;

namespace Bank.Tests.Faults;

/// <summary>Two reverse proxies in a row, each of which adds its client to <c>X-Forwarded-For</c>.</summary>
sealed class ProxyChain : IAsyncDisposable
{
    readonly WebApplication[] proxies;

    ProxyChain(params WebApplication[] proxies) => this.proxies = proxies;

    /// <summary>The address of the outer proxy.</summary>
    public Uri Address => AddressOf(proxies[^1]);

    public static async Task<ProxyChain> StartAsync(Uri api)
    {
        var inner = await StartProxyAsync(api);
        return new ProxyChain(inner, await StartProxyAsync(AddressOf(inner)));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var proxy in proxies.Reverse())
            await proxy.DisposeAsync();
    }

    static async Task<WebApplication> StartProxyAsync(Uri next)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddHttpForwarder();
        var proxy = builder.Build();
        proxy.MapForwarder("/{**path}", next.ToString(), transforms => transforms.AddXForwardedFor());
        await proxy.StartAsync();

        return proxy;
    }

    static Uri AddressOf(WebApplication proxy) => new(proxy.Urls.Single());
}
