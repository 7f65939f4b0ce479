using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Bank.Tests.Harness;

/// <summary>
/// A server of empty pages. For a bank at <c>localhost</c>, its address at <c>127.0.0.1</c> is another site,
/// and its address at <c>localhost</c> is another origin of the same site.
/// </summary>
sealed class OtherSite : IAsyncDisposable
{
    readonly WebApplication server;

    OtherSite(WebApplication server) => this.server = server;

    int Port => new Uri(server.Urls.First()).Port;

    public string CrossSite => $"http://127.0.0.1:{Port}";

    public string SameSite => $"http://localhost:{Port}";

    public static async Task<OtherSite> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var site = new OtherSite(builder.Build());
        site.server.Run(context =>
        {
            context.Response.ContentType = "text/html";
            return context.Response.WriteAsync("<!DOCTYPE html><title>Another site</title>");
        });
        await site.server.StartAsync();

        return site;
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();
}
