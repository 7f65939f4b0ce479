using System.Net;
using Bank.Infrastructure.Http;
using Bank.Tests.Harness;

namespace Bank.Tests.Infrastructure.Http;

/// <summary>Integers in every notation of JSON.</summary>
public sealed class WholeNumberTests(BankServer bank)
{
    [Theory]
    [InlineData("1", 1)]
    [InlineData("1.0", 1)]
    [InlineData("1.000", 1)]
    [InlineData("1e0", 1)]
    [InlineData("10E-1", 1)]
    [InlineData("1.5e1", 15)]
    [InlineData("-0.0", 0)]
    [InlineData("0e999", 0)]
    [InlineData("-2.0", -2)]
    [InlineData("9007199254740993.0", 9007199254740993)]
    [InlineData("9223372036854775807.0", long.MaxValue)]
    [InlineData("9.223372036854775807e18", long.MaxValue)]
    [InlineData("-9223372036854775808.0", long.MinValue)]
    public void Integer_keeps_all_digits_in_every_notation(string text, long number)
    {
        WholeNumber.TryParse<long>(text, out var parsed).ShouldBeTrue();
        parsed.ShouldBe(number);
    }

    [Theory]
    [InlineData("1.5")]
    [InlineData("1e-1")]
    [InlineData("9223372036854775808.0")]
    [InlineData("1e19")]
    [InlineData("1e999999999999")]
    [InlineData("1.")]
    [InlineData(".5")]
    [InlineData("e1")]
    [InlineData("1.0.0")]
    [InlineData("0x1")]
    [InlineData("NaN")]
    [InlineData("")]
    public void Fraction_overflow_or_text_is_no_integer(string text) =>
        WholeNumber.TryParse<long>(text, out _).ShouldBeFalse();

    [Theory]
    [InlineData("{0}.0")]
    [InlineData("{0}e0")]
    [InlineData("{0}0e-1")]
    [InlineData("\"{0}\"")]
    [InlineData("\"{0}.0\"")]
    public async Task Ids_in_a_body_may_be_written_as_decimals(string form)
    {
        var (customer, accounts) = await bank.RegisterAsync(10m, 0m);
        var (from, to) = (form.Replace("{0}", $"{accounts[0]}"), form.Replace("{0}", $"{accounts[1]}"));
        var transfer = $"{{\"from\": {from}, \"to\": {to}, \"amount\": 1}}";

        foreach (var (path, body) in new[]
        {
            ("/transactions/deposit", $"{{\"account_id\": {from}, \"amount\": 1}}"),
            ("/transactions/withdrawal", $"{{\"account_id\": {from}, \"amount\": 1}}"),
            ("/transactions/transfer", transfer),
            ("/transactions/batch", $"{{\"transfers\": [{transfer}]}}"),
            ("/holds", $"{{\"from\": {from}, \"to\": {to}, \"amount\": 1, \"expires_in\": 60.0}}"),
        })
        {
            using var response = await customer.PostAsync(path, body);
            response.StatusCode.ShouldBe(HttpStatusCode.Created, $"{path} {body}");
        }

        using var bulk = await customer.PostAsync(
            "/transactions/bulk", $"{{\"transfers\": [{transfer}]}}");
        (await bulk.JsonAsync()).GetProperty("results")[0].GetProperty("status").GetInt32().ShouldBe(201);
    }

    [Fact]
    public async Task Integers_in_an_address_may_be_written_as_decimals()
    {
        var (customer, accounts) = await bank.RegisterAsync(10m);

        foreach (var path in new[]
        {
            $"/accounts/{accounts[0]}.0", $"/accounts/{accounts[0]}.0/balance",
            $"/transactions/account/{accounts[0]}e0?limit=5.0", "/accounts/?limit=1e1",
        })
        {
            using var response = await customer.Http.GetAsync(path);
            response.StatusCode.ShouldBe(HttpStatusCode.OK, path);
        }
    }

    [Theory]
    [InlineData("1.5")]
    [InlineData("1e-3")]
    [InlineData("1e400")]
    [InlineData("9223372036854775808.0")]
    [InlineData("true")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("\"\"")]
    [InlineData("\" 1\"")]
    [InlineData("\"1.5\"")]
    public async Task Id_that_is_no_integer_is_refused(string id)
    {
        var customer = await bank.RegisterAsync();

        using var response = await customer.PostAsync(
            "/transactions/deposit", $"{{\"account_id\": {id}, \"amount\": 1}}");

        await response.ShouldRefuseFieldAsync("account_id");
    }
}
