using Bank.Tests.Harness;

namespace Bank.Tests.Security;

/// <summary>Maximum sizes of the URL and the headers. Body sizes are tested with their problem.</summary>
public sealed class RequestSizeTests(BankServer bank)
{
    [Fact]
    public async Task A_URL_above_4_KiB_is_refused()
    {
        var fitting = await RawHttp.SendAsync(bank.Address, $"GET /{new string('a', 4000)} HTTP/1.1");
        var tooLong = await RawHttp.SendAsync(bank.Address, $"GET /{new string('a', 5000)} HTTP/1.1");

        fitting.ShouldStartWith("HTTP/1.1 404 ");
        tooLong.ShouldStartWith("HTTP/1.1 414 ");
    }

    [Fact]
    public async Task Headers_above_16_KiB_are_refused()
    {
        var fitting = await RawHttp.SendAsync(
            bank.Address, "GET /health HTTP/1.1", $"X: {new string('a', 15_000)}");
        var tooLong = await RawHttp.SendAsync(
            bank.Address, "GET /health HTTP/1.1", $"X: {new string('a', 17_000)}");

        fitting.ShouldStartWith("HTTP/1.1 200 ");
        tooLong.ShouldStartWith("HTTP/1.1 431 ");
    }

    [Fact]
    public async Task More_than_100_headers_are_refused()
    {
        string[] headers = [.. Enumerable.Range(0, 100).Select(number => $"X-{number}: x")];

        var answer = await RawHttp.SendAsync(bank.Address, ["GET /health HTTP/1.1", .. headers]);

        answer.ShouldStartWith("HTTP/1.1 431 ");
    }
}
