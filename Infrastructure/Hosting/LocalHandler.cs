using System.Net.Security;
using System.Net.Sockets;

namespace Bank.Infrastructure.Hosting;

/// <summary>
/// Connects to an API on this machine. Its certificate is not verified: it is for the names by which others
/// reach the machine, and nothing is sent that anyone may not see.
/// </summary>
static class LocalHandler
{
    /// <summary>The prefix of Kestrel's addresses of Unix domain sockets.</summary>
    const string UnixSocket = "http://unix:";

    /// <param name="address">An address as Kestrel takes it.</param>
    /// <param name="url">The address as a client takes it.</param>
    public static SocketsHttpHandler Create(string address, out Uri url)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
            },
        };

        if (address.StartsWith(UnixSocket, StringComparison.OrdinalIgnoreCase))
            handler.ConnectCallback = (_, ct) => ConnectAsync(address[UnixSocket.Length..], ct);

        url = new Uri(handler.ConnectCallback is null ? Addresses.ToLocal(address) : "http://localhost");

        return handler;
    }

    static async ValueTask<Stream> ConnectAsync(string path, CancellationToken ct)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
