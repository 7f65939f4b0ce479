using System.Net;
using Bank.Infrastructure.Configuration;
using Microsoft.AspNetCore.HttpOverrides;

namespace Bank.Infrastructure.Http;

/// <summary>
/// Believes what proxies say about their clients, but only those that the configuration names, and warns once
/// of another.
/// </summary>
sealed partial class Proxies(RequestDelegate next, ForwardedHeadersOptions proxies, ILogger<Proxies> log)
{
    static readonly object FromProxy = new();

    int warnings;

    public Task InvokeAsync(HttpContext context)
    {
        if (IsNamed(context.Connection.RemoteIpAddress))
            context.Items[FromProxy] = true;
        else if (context.Request.Headers.ContainsKey(proxies.ForwardedForHeaderName)
            && Interlocked.Exchange(ref warnings, 1) == 0)
            LogUnnamed(context.Connection.RemoteIpAddress);

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

    /// <summary>Whether a request came through a configured proxy.</summary>
    public static bool Sent(HttpContext context) => context.Items.ContainsKey(FromProxy);

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
                throw new StartupException($"Proxies:{index} is no address or network: '{proxy}'.");
        }

        return options;
    }

    bool IsNamed(IPAddress? address)
    {
        if (address is null || (proxies.KnownProxies.Count == 0 && proxies.KnownIPNetworks.Count == 0))
            return false;

        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();

        foreach (var network in proxies.KnownIPNetworks)
        {
            if (network.Contains(address))
                return true;
        }

        return proxies.KnownProxies.Contains(address);
    }

    [LoggerMessage(
        LogLevel.Warning, "X-Forwarded-For came from {Address}, which the setting Proxies does not name, and "
            + "is not believed: all clients behind that address count as one. Name it if it is your proxy")]
    partial void LogUnnamed(IPAddress? address);
}
