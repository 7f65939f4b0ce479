using System.Net;
using System.Net.Sockets;

namespace Bank.Infrastructure.Http;

/// <summary>Identifies the origin of a request.</summary>
static class ClientAddressExtensions
{
    /// <summary>
    /// The client's IP address; behind a proxy the forwarded one, if the proxy is configured. IPv6 clients
    /// count by their network, such as <c>2001:db8:0:1::/64</c>, the smallest one that a subscriber gets
    /// (RFC 6177), because a client can use any address of it.
    /// </summary>
    public static string ClientAddress(this HttpContext context)
    {
        if (context.Connection.RemoteIpAddress is not { } address)
            return "";

        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();

        return address.AddressFamily == AddressFamily.InterNetwork || IPAddress.IsLoopback(address)
            ? address.ToString()
            : NetworkOf(address);
    }

    static string NetworkOf(IPAddress address) =>
        $"{new IPAddress([.. address.GetAddressBytes().AsSpan(0, 8), 0, 0, 0, 0, 0, 0, 0, 0])}/64";

    /// <summary>
    /// The id of the connection, which is never used again; null behind a configured proxy, which sends the
    /// requests of many clients over one connection.
    /// </summary>
    public static string? ClientConnection(this HttpContext context) =>
        Proxies.Forwarded(context) ? null : context.Connection.Id;
}
