using System.Net.Sockets;
using System.Text;
using Bank.Tests.Harness;

namespace Bank.Tests.Security;

/// <summary>A client that sends a request byte by byte occupies no connection for long.</summary>
[Trait("Speed", "Slow")]
public sealed class SlowClientTests(BankServer bank)
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    [Fact]
    public async Task Slow_headers_slow_bodies_and_silence_time_out()
    {
        var customer = await bank.RegisterAsync();
        var head = $"""
            POST /transactions/deposit HTTP/1.1
            Host: {bank.Address.Authority}
            Authorization: {customer.Http.DefaultRequestHeaders.Authorization}
            Content-Type: application/json
            Content-Length: 1000


            """.ReplaceLineEndings("\r\n");

        var answers = await Task.WhenAll(
            SendSlowlyAsync("GET /health HTTP/1.1\r\nX-Slow: ", "x"), SendSlowlyAsync(head, " "),
            SendSlowlyAsync("", ""));

        answers[0].ShouldStartWith("HTTP/1.1 408 ");
        answers[1].ShouldStartWith("HTTP/1.1 408 ");
        answers[1].ShouldContain("\"code\":\"request_timeout\"");
        answers[2].ShouldBeEmpty();
    }

    /// <summary>Sends drop after drop until the server closes the connection; returns the response.</summary>
    async Task<string> SendSlowlyAsync(string start, string drop)
    {
        using var client = new TcpClient();
        using var patience = new CancellationTokenSource(Patience);
        var address = HttpVersions.Http1Of(bank.Address);
        await client.ConnectAsync(address.Host, address.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(start), patience.Token);
        using var reader = new StreamReader(stream);
        var answer = reader.ReadToEndAsync(patience.Token);

        while (!answer.IsCompleted)
        {
            await Task.WhenAny(answer, Task.Delay(500, patience.Token));

            if (!answer.IsCompleted)
                await stream.WriteAsync(Encoding.Latin1.GetBytes(drop), patience.Token);
        }

        return await answer;
    }
}
