namespace Bank.Infrastructure.Http;

/// <summary>Tells where a request comes from.</summary>
static class ClientAddressExtensions
{
    /// <summary>
    /// The client's IP address, behind a proxy only if that is a configured one. An IPv6 client counts by its
    /// /64, the smallest network that a subscriber is given (RFC 6177), since it can take any address of
    /// that.
    /// </summary>
    public static string ClientAddress(this HttpContext context)
    {
        if (context.Connection.RemoteIpAddress is not { } address)
            return "";

        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();

        return address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6
            ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8))
            : address.ToString();
    }

    /// <summary>
    /// The id of the connection that a request came on, which no other one ever has; null behind a configured
    /// proxy, which sends the requests of many clients on one.
    /// </summary>
    public static string? ClientConnection(this HttpContext context) =>
        Proxies.Sent(context) ? null : context.Connection.Id;
}
