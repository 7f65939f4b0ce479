using System.Net;
using System.Net.Sockets;
using System.Text;
using Bank.Tests.Harness;

namespace Bank.Tests.Infrastructure.Http;

/// <summary>How bodies arrive from clients and proxies of all kinds.</summary>
public sealed class RequestBodyTests(BankServer bank)
{
    [Theory]
    [InlineData(null)]
    [InlineData("application/json")]
    [InlineData("application/json; charset=utf-8")]
    public async Task Empty_chunked_body_is_no_body(string? contentType)
    {
        var (customer, hold, paid) = await PrepareAsync();

        foreach (var path in new[] { $"/transactions/{paid}/refund", $"/holds/{hold}/capture", "/accounts/" })
        {
            var response = await SendChunkedAsync(customer, path, contentType, "0\r\n\r\n");

            response.ShouldStartWith("HTTP/1.1 201 ", customMessage: path);
        }
    }

    [Fact]
    public async Task Chunked_body_is_read_where_a_body_is_optional()
    {
        var (customer, _, paid) = await PrepareAsync();

        var response = await SendChunkedAsync(
            customer, $"/transactions/{paid}/refund", "application/json",
            "1\r\n{\r\ne\r\n\"amount\": 0.5}\r\n0\r\n\r\n");

        response.ShouldStartWith("HTTP/1.1 201 ");
        response.ShouldContain("\"amount\":0.50");
    }

    [Theory]
    [InlineData("0\r\n\r\n", "400 ")]
    [InlineData("1\r\n \r\n0\r\n\r\n", "400 ")]
    public async Task Chunked_body_without_JSON_is_malformed_where_one_is_needed(string body, string status)
    {
        var customer = await bank.RegisterAsync();

        var response = await SendChunkedAsync(customer, "/transactions/deposit", "application/json", body);

        response.ShouldStartWith($"HTTP/1.1 {status}");
        response.ShouldContain("malformed_json");
    }

    [Theory]
    [InlineData("application/json; charset=\"utf-8\"")]
    [InlineData("application/json;charset=\"UTF-8\"")]
    [InlineData("application/json; charset=utf8")]
    [InlineData("application/json; charset=\"utf8\"")]
    [InlineData("application/json; charset=UTF8; v=1")]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("application/json")]
    [InlineData("application/vnd.bank+json; charset=\"utf-8\"")]
    public async Task Content_type_may_spell_UTF_8_in_any_way(string contentType)
    {
        var (customer, accounts) = await bank.RegisterAsync(1m);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/transactions/deposit")
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(
                $$"""{"account_id": {{accounts[0]}}, "amount": 1, "reference": "Café"}""")),
        };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType).ShouldBeTrue();

        using var response = await customer.Http.SendAsync(request);

        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        (await response.JsonAsync()).GetProperty("reference").GetString().ShouldBe("Café");
    }

    async Task<(Customer Customer, Guid Hold, Guid Paid)> PrepareAsync()
    {
        var (customer, accounts) = await bank.RegisterAsync(10m, 0m);

        return (
            customer, await customer.HoldAsync(accounts[0], accounts[1], 1m),
            await customer.PayAsync(accounts[0], accounts[1], 2m));
    }

    static async Task<string> SendChunkedAsync(
        Customer customer, string path, string? contentType, string chunks)
    {
        var address = HttpVersions.Http1Of(customer.Http.BaseAddress!);
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port);
        await using var stream = client.GetStream();
        var type = contentType is null ? "" : $"Content-Type: {contentType}\r\n";
        await stream.WriteAsync(Encoding.Latin1.GetBytes(
            $"POST {path} HTTP/1.1\r\nHost: {address.Authority}\r\nConnection: close\r\n{type}"
            + $"Authorization: {customer.Http.DefaultRequestHeaders.Authorization}\r\n"
            + $"Transfer-Encoding: chunked\r\n\r\n{chunks}"));
        using var reader = new StreamReader(stream, Encoding.UTF8);

        return await reader.ReadToEndAsync();
    }
}
