using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Bank.Infrastructure.Data;
using Bank.Infrastructure.Ledger;
using Bank.Tests.Harness;
using FsCheck;
using FsCheck.Fluent;

namespace Bank.Tests.Infrastructure.Ledger;

public sealed class MoneyConverterTests
{
    static readonly JsonSerializerOptions Json = new() { Converters = { new MoneyConverter() } };

    [Fact]
    public void JSON_number_is_read_exactly_or_refused()
    {
        var digits = Gen.Elements("0123456789".ToCharArray()).ArrayOf().Select(array => new string(array));
        var number =
            from sign in Gen.Elements("", "-")
            from whole in digits
            from fraction in digits
            from exponent in Gen.Elements(0, 0, 0, 1, 2, -1, -2, 12, -12, 27, -27, 40, -40)
            select new Number(sign, whole, fraction, exponent);
        var exact = 0;

        var property = Prop.ForAll(number.ToArbitrary(), written =>
        {
            if (Read($"{written}") is not { } read)
                return;

            Number.Of(read).Scaled.ShouldBe(written.Scaled, $"{written}");
            exact++;
        });

        Check.One(PropertyConfig.Quiet.WithMaxTest(2000).WithEndSize(45), property);
        exact.ShouldBeInRange(100, 1900);
    }

    [Fact]
    public void Amount_in_cents_is_read_from_a_number_and_from_a_string()
    {
        var cents = Gen.Choose(int.MinValue, int.MaxValue).Select(number => Cents.ToDecimal(number));

        var property = Prop.ForAll(cents.ToArbitrary(), amount =>
        {
            var written = JsonSerializer.Serialize(amount, Json);

            written.ShouldBe(amount.ToString("F2", CultureInfo.InvariantCulture));
            Read(written).ShouldBe(amount);
            Read($"\"{written}\"").ShouldBe(amount);
        });

        Check.One(PropertyConfig.Quiet.WithMaxTest(500), property);
    }

    static decimal? Read(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<decimal>(json, Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>A number as JSON writes it.</summary>
    sealed record Number(string Sign, string Whole, string Fraction, int Exponent)
    {
        /// <summary>The number times a power of ten that leaves none of those tried a fraction.</summary>
        public BigInteger Scaled =>
            BigInteger.Parse($"{Sign}0{Whole}{Fraction}", CultureInfo.InvariantCulture)
            * BigInteger.Pow(10, 100 + Exponent - Fraction.Length);

        public static Number Of(decimal number)
        {
            var parts = Math.Abs(number).ToString(CultureInfo.InvariantCulture).Split('.');
            return new Number(number < 0 ? "-" : "", parts[0], parts.ElementAtOrDefault(1) ?? "", 0);
        }

        public override string ToString() =>
            Sign
            + (Whole.TrimStart('0') is { Length: > 0 } significant ? significant : "0")
            + (Fraction.Length > 0 ? $".{Fraction}" : "")
            + (Exponent != 0 ? $"e{Exponent}" : "");
    }
}
