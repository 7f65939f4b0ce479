using System.Net;
using Bank.Infrastructure.Configuration;
using Microsoft.AspNetCore.HttpOverrides;

namespace Bank.Infrastructure.Http;

/// <summary>
/// Trusts X-Forwarded-For and X-Forwarded-Proto from the configured proxies only, and warns once when another
/// address sends X-Forwarded-For.
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
    /// Without it, X-Forwarded-For and X-Forwarded-Proto are ignored.
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
