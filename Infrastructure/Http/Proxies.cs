using System.Net;
using Bank.Infrastructure.Configuration;
using Microsoft.AspNetCore.HttpOverrides;

namespace Bank.Infrastructure.Http;

/// <summary>
/// Trusts what the configured proxies, and only they, say of a request: the client's address, the scheme, the
/// host and the path under which they serve the API. Warns once when another address sends X-Forwarded-For.
/// </summary>
[Section("Proxies", "0")]
sealed partial class Proxies(RequestDelegate next, ForwardedHeadersOptions proxies, ILogger<Proxies> log)
{
    static readonly object IsProxied = new();

    int warnings;

    public Task InvokeAsync(HttpContext context)
    {
        if (IsKnown(context.Connection.RemoteIpAddress))
            context.Items[IsProxied] = true;
        else if (context.Request.Headers.ContainsKey(proxies.ForwardedForHeaderName)
            && Interlocked.Exchange(ref warnings, 1) == 0)
            LogUnknownProxy(context.Connection.RemoteIpAddress);

        return next(context);
    }

    /// <summary>
    /// The setting <c>Proxies</c> lists addresses and networks, such as <c>10.0.0.5</c> or <c>10.0.0.0/8</c>.
    /// Without it, all forwarded headers are ignored. Of several addresses in X-Forwarded-For, the client is
    /// the last one that is not a configured proxy.
    /// </summary>
    /// <exception cref="StartupException">An entry is neither an address nor a network.</exception>
    public static void Use(WebApplication app)
    {
        if (app.Configuration["Proxies"] is { Length: > 0 } single)
            throw new StartupException($"Proxies is a list: write Proxies:0 for '{single}'.");

        var proxies = Read(app.Configuration.GetSection("Proxies").Get<string[]>() ?? []);
        app.UseMiddleware<Proxies>(proxies);

        if (proxies.KnownProxies.Count + proxies.KnownIPNetworks.Count > 0)
            app.UseForwardedHeaders(proxies);
    }

    /// <summary>
    /// Whether a request came through a configured proxy. The header that ForwardedHeadersMiddleware leaves
    /// would not tell it of a proxy that sends no X-Forwarded-For: its clients would share the trust in one
    /// connection.
    /// </summary>
    public static bool Forwarded(HttpContext context) => context.Items.ContainsKey(IsProxied);

    static ForwardedHeadersOptions Read(string[] proxies)
    {
        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.All,
            // Each step to the left was vouched for by a configured proxy.
            ForwardLimit = null,
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
                throw new StartupException($"Proxies:{index} is not an address or network: '{proxy}'.");
        }

        return options;
    }

    bool IsKnown(IPAddress? sender)
    {
        if (sender is null)
            return false;

        var address = sender.IsIPv4MappedToIPv6 ? sender.MapToIPv4() : sender;
        return proxies.KnownProxies.Contains(address)
            || proxies.KnownIPNetworks.Any(network => network.Contains(address));
    }

    [LoggerMessage(
        15, LogLevel.Warning,
        "X-Forwarded-For came from {Address}, which is not in the setting Proxies, and was "
            + "ignored: all clients behind that address count as one. If it is your proxy, add it")]
    partial void LogUnknownProxy(IPAddress? address);
}
