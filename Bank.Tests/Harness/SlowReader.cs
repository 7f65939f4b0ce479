using System.Net.Sockets;
using System.Text;

namespace Bank.Tests.Harness;

/// <summary>Requests long responses and reads nothing of them.</summary>
static class SlowReader
{
    /// <summary>Requests a history many times on one connection, without reading.</summary>
    public static Task<TcpClient> RequestAsync(Uri api, Customer customer, long account, int requests) =>
        RequestAsync(api, customer, $"/transactions/account/{account}?limit=1000", requests);

    /// <summary>Requests another path.</summary>
    public static async Task<TcpClient> RequestAsync(Uri api, Customer customer, string path, int requests)
    {
        if (HttpVersions.IsHttp2)
            return await RequestOverHttp2Async(api, customer, path, requests);

        var client = new TcpClient { ReceiveBufferSize = 4096 };
        await client.ConnectAsync(api.Host, api.Port);
        var request = $"""
            GET {path} HTTP/1.1
            Host: {api.Authority}
            Authorization: {customer.Http.DefaultRequestHeaders.Authorization}


            """.ReplaceLineEndings("\r\n");
        var all = Encoding.Latin1.GetBytes(string.Concat(Enumerable.Repeat(request, requests)));
        await client.GetStream().WriteAsync(all);

        return client;
    }

    static async Task<TcpClient> RequestOverHttp2Async(
        Uri api, Customer customer, string path, int requests)
    {
        var connection = await Http2Connection.ConnectAsync(api);
        var signIn = customer.Http.DefaultRequestHeaders.Authorization!.ToString();
        await connection.WriteAsync(
        [
            .. Enumerable.Range(0, requests).SelectMany(request =>
                connection.Request(2 * request + 1, "GET", path, ("authorization", signIn))),
        ]);

        return connection.Client;
    }
}
