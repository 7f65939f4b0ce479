using System.Text.Json;
using Bank.Infrastructure.Data;
using Bank.Tests.Infrastructure.OpenApi;

namespace Bank.Tests.Infrastructure.Data;

public sealed class CurrenciesTests
{
    /// <summary>What the standard has changed since the package was published.</summary>
    static readonly string[] Added = ["XAD 396 2", "XCG 532 2"];
    static readonly string[] Withdrawn = ["ANG 532 2"];

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Currencies_are_those_of_the_npm_package()
    {
        using var node = await NodeDirectory.CreateAsync("Bank.Tests/Infrastructure/Data/Iso4217");
        var list = await node.RunAsync(
            "node", "-e", "console.log(JSON.stringify(require('currency-codes/data')))");

        using var published = JsonDocument.Parse(list);
        published.RootElement.EnumerateArray()
            .Select(one => $"{one.GetProperty("code").GetString()} "
                + $"{int.Parse(one.GetProperty("number").GetString()!, null)} {one.GetProperty("digits")}")
            .Except(Withdrawn).Concat(Added)
            .ShouldBe(
                Currencies.All.Select(one => $"{one.Code} {one.Number} {one.Decimals}"), ignoreOrder: true);
    }

    [Fact]
    public void Amount_keeps_its_digits_from_and_to_minor_units()
    {
        foreach (var currency in Currencies.All.Append(Currency.None))
        {
            foreach (var units in new[] { 0, 1, 99, 12_345, 999_999_999_999_999 })
            {
                var amount = currency.FromMinorUnits(units);

                amount.Scale.ShouldBe((byte)currency.Decimals);
                currency.ToMinorUnits(amount).ShouldBe(units);
                currency.Fits(amount).ShouldBeTrue();
                Currencies.CodeOf(currency.Number).ShouldBe(currency.Code);
            }

            Should.Throw<ArgumentOutOfRangeException>(() => currency.ToMinorUnits(0.00001m));
        }
    }
}
