using System.Net.Sockets;
using System.Text;

namespace Bank.Tests.Harness;

/// <summary>Sends a request just as it is written, for what no proper client would send.</summary>
static class RawHttp
{
    /// <summary>Sends the lines of a head, to which Host is added, and answers all that comes back.</summary>
    public static async Task<string> SendAsync(Uri address, params string[] head)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port);
        await using var stream = client.GetStream();
        string[] lines = [.. head, $"Host: {address.Authority}", "Connection: close", "", ""];
        await stream.WriteAsync(Encoding.Latin1.GetBytes(string.Join("\r\n", lines)));

        using var reader = new StreamReader(stream, Encoding.UTF8);
        return await reader.ReadToEndAsync();
    }
}
