using System.Globalization;
using Bank.Infrastructure.Http;

namespace Bank.Tests.Infrastructure.Http;

public sealed class Rfc3339Tests
{
    [Theory]
    [InlineData("2026-01-05T09:30:00Z", "2026-01-05T09:30:00.000000")]
    [InlineData("2026-01-05t09:30:00z", "2026-01-05T09:30:00.000000")]
    [InlineData("2026-01-05T09:30:00+00:00", "2026-01-05T09:30:00.000000")]
    [InlineData("2026-01-05T09:30:00-00:00", "2026-01-05T09:30:00.000000")]
    [InlineData("2026-01-05T09:30:00+02:00", "2026-01-05T07:30:00.000000")]
    [InlineData("2026-01-05T09:30:00 02:00", "2026-01-05T07:30:00.000000")]
    [InlineData("2026-01-05T23:30:00-01:30", "2026-01-06T01:00:00.000000")]
    [InlineData("2026-01-05T09:30:00.5Z", "2026-01-05T09:30:00.500000")]
    [InlineData("2026-01-05T09:30:00.123456789Z", "2026-01-05T09:30:00.123456")]
    [InlineData("2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000000")]
    [InlineData("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000000")]
    [InlineData("9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59.999999")]
    public void RFC_3339_time_is_parsed_to_UTC(string text, string utc)
    {
        Rfc3339.TryParse(text, out var time).ShouldBeTrue();

        time.Offset.ShouldBe(TimeSpan.Zero);
        time.ToString("yyyy-MM-ddTHH:mm:ss.ffffff", CultureInfo.InvariantCulture).ShouldBe(utc);
    }

    [Theory]
    [InlineData("")]
    [InlineData("now")]
    [InlineData("1767605400")]
    [InlineData("2026-01-05")]
    [InlineData("2026-01-05T09:30:00")]
    [InlineData("2026-01-05 09:30:00Z")]
    [InlineData("2026-01-05T09:30Z")]
    [InlineData("2026-01-05T9:30:00Z")]
    [InlineData("2026-01-05T09:30:00.Z")]
    [InlineData("2026-01-05T09:30:00,5Z")]
    [InlineData("2026-01-05T09:30:00+0200")]
    [InlineData("2026-01-05T09:30:00+24:00")]
    [InlineData("2026-01-05T24:00:00Z")]
    [InlineData("2026-01-05T23:59:60Z")]
    [InlineData("2026-02-29T00:00:00Z")]
    [InlineData("2026-13-01T00:00:00Z")]
    [InlineData("0000-01-01T00:00:00Z")]
    [InlineData("0001-01-01T00:00:00+01:00")]
    [InlineData("9999-12-31T23:59:59-01:00")]
    [InlineData("2026-01-05T09:30:00Z\n")]
    [InlineData("٢٠٢٦-01-05T09:30:00Z")]
    [InlineData(" 2026-01-05T09:30:00Z")]
    public void Text_that_is_not_an_RFC_3339_time_is_refused(string text) =>
        Rfc3339.TryParse(text, out _).ShouldBeFalse();
}
