using Bank.Infrastructure.Data;

namespace Bank.Tests.Infrastructure.Data;

public sealed class PostgresVersionTests
{
    [Theory]
    [InlineData(90624, "9.6")]
    [InlineData(140000, "14.0")]
    [InlineData(149999, "14")]
    [InlineData(180000, "18.0")]
    [InlineData(180001, "18.1")]
    public void Refusal_of_an_unsupported_PostgreSQL_names_its_version(int number, string name)
    {
        PostgresVersion.UnsupportedReason(number).ShouldNotBeNull().ShouldContain($"PostgreSQL {name}");
    }

    [Theory]
    [InlineData(150000)]
    [InlineData(150018)]
    [InlineData(160000)]
    [InlineData(170010)]
    [InlineData(180002)]
    [InlineData(190000)]
    public void Supported_PostgreSQL_version_is_accepted(int number)
    {
        PostgresVersion.UnsupportedReason(number).ShouldBeNull();
    }
}
