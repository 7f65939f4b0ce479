using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Bank.Infrastructure.Configuration;

namespace Bank.Infrastructure.Hosting;

/// <summary>The addresses at which the API is reached from its own machine.</summary>
static class Addresses
{
    public const string Default = "http://localhost:8000";

    /// <summary>The setting of an address besides the others.</summary>
    const string Http2Setting = "Serving:Http2Address";

    static readonly Regex EveryInterface = new(@"://(\[::\]|0\.0\.0\.0|\+|\*)(?=[:/]|$)");

    static readonly Regex Host = new(@"(?<=://)(\[[^]]*\]|[^:/]*)");

    /// <summary>
    /// The first address that another process listens on; null if there is none. Found before the database is
    /// touched, so that a start that fails for its port changes nothing there.
    /// </summary>
    public static string? FirstInUse(IConfiguration settings) =>
        FromSettings(settings).FirstOrDefault(IsInUse);

    /// <summary>An address that a browser can open: localhost stands for every interface.</summary>
    public static string ToOpenable(string address) => EveryInterface.Replace(address, "://localhost");

    /// <summary>
    /// An address that leads to this machine: Kestrel listens on every interface for any name, too.
    /// </summary>
    public static string ToLocal(string address) => Host.Replace(
        ToOpenable(address), host => IPAddress.TryParse(host.Value.Trim('[', ']'), out _) ? host.Value
            : "localhost");

    /// <summary>
    /// The addresses that the settings name, by the rules of ASP.NET Core, and Serving:Http2Address.
    /// </summary>
    public static string[] FromSettings(IConfiguration settings)
    {
        string[] endpoints =
        [
            .. settings.GetSection("Kestrel:Endpoints").GetChildren()
                .Select(endpoint => endpoint["Url"]).OfType<string>(),
        ];
        string[] ports =
        [
            .. Split(settings["http_ports"]).Select(port => $"http://*:{port}"),
            .. Split(settings["https_ports"]).Select(port => $"https://*:{port}"),
        ];

        return
        [
            .. endpoints is not [] ? endpoints
                : Split(settings["urls"]) is { Length: > 0 } urls ? urls
                : ports is not [] ? ports
                : [Default],
            .. Split(settings[Http2Setting]),
        ];
    }

    /// <exception cref="StartupException">Serving:Http2Address is no single address without TLS.</exception>
    public static void CheckHttp2(string? address)
    {
        if (!string.IsNullOrEmpty(address) && !IsPlainHttp(address))
            throw new StartupException(
                $"{Http2Setting} is '{address}', but must be one address without TLS and without a path, "
                + "such as http://localhost:8001. An address with https speaks HTTP/2 as it is, in the other "
                + "settings.");
    }

    /// <summary>Whether an address is this endpoint of Kestrel.</summary>
    public static bool IsAt(EndPoint endpoint, string address)
    {
        var parsed = BindingAddress.Parse(address);

        return parsed.IsUnixPipe
            ? endpoint is UnixDomainSocketEndPoint socket && $"{socket}" == parsed.UnixPipePath
            : endpoint.Equals(ToEndPoint(parsed));
    }

    static bool IsPlainHttp(string address)
    {
        try
        {
            var parsed = BindingAddress.Parse(address);

            // What belongs to no address, a ';' for one, becomes a part of its host or path.
            return parsed is { Scheme: "http", PathBase: "" }
                && (parsed.IsUnixPipe || parsed.Host is "+" or "*"
                    || Uri.CheckHostName(parsed.Host.Trim('[', ']')) is not UriHostNameType.Unknown);
        }
        catch (FormatException)
        {
            return false;
        }
    }

    /// <summary>Kestrel listens on every interface for a name that is no address.</summary>
    static IPEndPoint ToEndPoint(BindingAddress address) => new(
        address.Host == "localhost" ? IPAddress.Loopback
            : IPAddress.TryParse(address.Host.Trim('[', ']'), out var known) ? known
            : IPAddress.IPv6Any,
        address.Port);

    static string[] Split(string? list) => (list ?? "").Split(
        ';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Other errors of an address are the framework's to report.</summary>
    static bool IsInUse(string address)
    {
        try
        {
            var parsed = BindingAddress.Parse(address);

            if (parsed.IsUnixPipe || parsed.IsNamedPipe || parsed.Port == 0)
                return false;

            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(ToEndPoint(parsed));
            return false;
        }
        catch (SocketException failure)
        {
            return failure.SocketErrorCode == SocketError.AddressAlreadyInUse;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
