using System.Net;
using Bank.Infrastructure.Data;
using Microsoft.AspNetCore.HttpOverrides;

namespace Bank.Infrastructure.Http;

/// <summary>
/// Believes what proxies say about their clients, but only those that the configuration names.
/// </summary>
static class Proxies
{
    /// <summary>
    /// The setting <c>Proxies</c> lists addresses and networks, such as <c>10.0.0.5</c> or <c>10.0.0.0/8</c>.
    /// Without it, X-Forwarded-For and X-Forwarded-Proto are ignored.
    /// </summary>
    /// <exception cref="StartupException">An entry is neither an address nor a network.</exception>
    public static void UseConfiguredProxies(this WebApplication app)
    {
        if (app.Configuration["Proxies"] is { Length: > 0 } single)
            throw new StartupException($"Proxies is a list: write Proxies:0 for '{single}'.");

        if (app.Configuration.GetSection("Proxies").Get<string[]>() is not { Length: > 0 } proxies)
            return;

        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto,
        };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();

        foreach (var (index, proxy) in proxies.Index())
        {
            if (IPAddress.TryParse(proxy, out var address))
                options.KnownProxies.Add(address);
            else if (System.Net.IPNetwork.TryParse(proxy, out var network))
                options.KnownIPNetworks.Add(network);
            else
                throw new StartupException($"Proxies:{index} is no address or network: '{proxy}'.");
        }

        app.UseForwardedHeaders(options);
    }
}
