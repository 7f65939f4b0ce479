using System.Net.Sockets;
using System.Text;

namespace Bank.Tests.Harness;

/// <summary>Sends raw requests, for input that no proper client sends.</summary>
static class RawHttp
{
    /// <summary>Posts JSON as a customer, with further headers, and returns the raw response.</summary>
    public static Task<string> PostAsync(
        Customer customer, string path, string json, params string[] headers) =>
        SendAsync(
            customer.Http.BaseAddress!, [
                $"POST {path} HTTP/1.1",
                $"Authorization: {customer.Http.DefaultRequestHeaders.Authorization}",
                "Content-Type: application/json",
                $"Content-Length: {Encoding.Latin1.GetByteCount(json)}",
                .. headers,
            ],
            json);

    /// <summary>Sends the lines of a head, plus Host, and returns the raw response.</summary>
    public static Task<string> SendAsync(Uri address, params string[] head) => SendAsync(address, head, "");

    /// <summary>Sends a head that announces a body, but no body, and returns the status line.</summary>
    public static async Task<string?> AnnounceAsync(Uri address, int length, params string[] head)
    {
        using var client = new TcpClient();
        address = HttpVersions.Http1Of(address);
        await client.ConnectAsync(address.Host, address.Port);
        await using var stream = client.GetStream();
        string[] lines = [.. head, $"Content-Length: {length}", $"Host: {address.Authority}", "", ""];
        await stream.WriteAsync(Encoding.Latin1.GetBytes(string.Join("\r\n", lines)));

        using var reader = new StreamReader(stream, Encoding.UTF8);
        return await reader.ReadLineAsync();
    }

    /// <summary>
    /// Announces JSON of this many bytes, sends none of it, and returns the raw response. A server that
    /// refuses a body for its length does not read it, and closes the connection of a client that still
    /// writes.
    /// </summary>
    public static Task<string> AnnounceJsonAsync(Customer customer, string path, int length) => SendAsync(
        customer.Http.BaseAddress!, $"POST {path} HTTP/1.1",
        $"Authorization: {customer.Http.DefaultRequestHeaders.Authorization}",
        "Content-Type: application/json", $"Content-Length: {length}");

    static async Task<string> SendAsync(Uri address, string[] head, string body)
    {
        using var client = new TcpClient();
        address = HttpVersions.Http1Of(address);
        await client.ConnectAsync(address.Host, address.Port);
        await using var stream = client.GetStream();
        string[] lines = [.. head, $"Host: {address.Authority}", "Connection: close", "", body];
        await stream.WriteAsync(Encoding.Latin1.GetBytes(string.Join("\r\n", lines)));

        using var reader = new StreamReader(stream, Encoding.UTF8);
        return await reader.ReadToEndAsync();
    }
}
