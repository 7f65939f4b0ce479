using System.Text;

namespace Bank.Tests.Security;

/// <summary>Invalid HTTP; the server answers with a bare status or closes the connection.</summary>
static class BrokenHttp
{
    const string Get = "GET /health HTTP/1.1\r\n";

    /// <summary>The statuses that the server sends by itself; 0 if it sends nothing.</summary>
    public static int[] BareStatuses => [0, 400, 405, 408, 411, 413, 414, 421, 431, 501, 505];

    /// <param name="signIn">The Authorization header line.</param>
    /// <param name="body">The body of a deposit to an account that does not exist.</param>
    public static IEnumerable<HostileRequest> All(string signIn, string body)
    {
        var post = "POST /transactions/deposit HTTP/1.1\r\nHost: bank\r\n"
            + $"{signIn}Content-Type: application/json\r\n";

        return Heads
            .Concat(Lengths(body).Select(rest => post + rest))
            .Concat(Chunks(body).Select(rest => $"{post}Transfer-Encoding: chunked\r\n\r\n{rest}"))
            .Select((request, index) => new HostileRequest(
                $"broken HTTP {index}", Encoding.Latin1.GetBytes(request), IsBrokenHttp: true));
    }

    static string[] Heads =>
    [
        "", "\r\n", "\0", "GET\r\n\r\n", "GET /health\r\n\r\n", "GET /health HTTP/0.9\r\n\r\n",
        "GET /health HTTP/1.0\r\n\r\n", "GET /health HTTP/9.9\r\nHost: bank\r\n\r\n", $"{Get}\r\n",
        $"{Get}Host: a\r\nHost: b\r\n\r\n", $"{Get}Host: a b\r\n\r\n", $"{Get}Host:\r\n\r\n",
        "GET  /health HTTP/1.1\r\nHost: bank\r\n\r\n", "GET /health  HTTP/1.1\r\nHost: bank\r\n\r\n",
        "GET /health HTTP/1.1\nHost: bank\n\n", $"{Get}Host: bank\r\nX\r\n\r\n",
        $"{Get}Host: bank\r\nX : 1\r\n\r\n", $"{Get}Host: bank\r\n X: 1\r\n\r\n",
        $"{Get}Host: bank\r\nX: \0\r\n\r\n", $"{Get}Host: bank\r\n: 1\r\n\r\n",
        "CONNECT bank:443 HTTP/1.1\r\nHost: bank:443\r\n\r\n", "OPTIONS * HTTP/1.1\r\nHost: bank\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\x16\x03\x01\x02\0\x01\0\x01\xFC\x03\x03",
        $"{Get}Host: bank\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
        $"{Get}Host: bank\r\n\r\nGARBAGE\r\n\r\n",
    ];

    static IEnumerable<string> Lengths(string body) =>
    [
        $"\r\n{body}", $"Content-Length: {body.Length + 10}\r\n\r\n{body}",
        $"Content-Length: 1\r\n\r\n{body}", $"Content-Length: -1\r\n\r\n{body}",
        $"Content-Length: x\r\n\r\n{body}", $"Content-Length: \r\n\r\n{body}",
        $"Content-Length: 99999999999999999999\r\n\r\n{body}",
        $"Content-Length: {body.Length}\r\nContent-Length: 1\r\n\r\n{body}",
        $"Content-Length: {body.Length}\r\nTransfer-Encoding: chunked\r\n\r\n{body}",
        $"Transfer-Encoding: gzip\r\n\r\n{body}", $"Transfer-Encoding: x, chunked\r\n\r\n{body}",
        $"Expect: x\r\nContent-Length: {body.Length}\r\n\r\n{body}",
    ];

    static IEnumerable<string> Chunks(string body) =>
    [
        "", $"zz\r\n{body}\r\n0\r\n\r\n", $"-1\r\n{body}\r\n0\r\n\r\n", $"{body.Length:x}\r\n{body}",
        $"ffffffffffffffff\r\n{body}\r\n0\r\n\r\n", $"{body.Length:x}\r\n{body}X\r\n0\r\n\r\n",
        $"{body.Length:x};{new string('x', 20_000)}\r\n{body}\r\n0\r\n\r\n",
        $"{body.Length:x}\r\n{body}\r\n0\r\nX: {new string('x', 20_000)}\r\n\r\n",
    ];
}
