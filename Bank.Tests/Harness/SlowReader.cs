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
}
