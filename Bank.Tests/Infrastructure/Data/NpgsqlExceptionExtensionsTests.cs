using Bank.Infrastructure.Data;
using Npgsql;

namespace Bank.Tests.Infrastructure.Data;

public sealed class NpgsqlExceptionExtensionsTests
{
    [Theory]
    [InlineData("08006")]
    [InlineData("25P03")]
    [InlineData("25P04")]
    [InlineData("53200")]
    [InlineData("53300")]
    [InlineData("55P03")]
    [InlineData("57014")]
    [InlineData("57P01")]
    [InlineData("57P03")]
    [InlineData("57P05")]
    public void Error_that_may_recover_is_awaited_and_an_outage(string state)
    {
        var error = new PostgresException("", "ERROR", "ERROR", state);

        error.MayRecover().ShouldBeTrue();
        error.IsDatabaseUnavailable().ShouldBeTrue();
    }

    [Theory]
    [InlineData("25006")]
    [InlineData("28P01")]
    [InlineData("3D000")]
    [InlineData("53100")]
    [InlineData("53400")]
    [InlineData("58P01")]
    [InlineData("XX001")]
    [InlineData("XX002")]
    public void Error_that_needs_a_person_is_an_outage_too(string state)
    {
        var error = new PostgresException("", "ERROR", "ERROR", state);

        error.MayRecover().ShouldBeFalse();
        error.IsDatabaseUnavailable().ShouldBeTrue();
    }

    [Theory]
    [InlineData("22003")]
    [InlineData("23505")]
    [InlineData("42501")]
    [InlineData("42P01")]
    public void Error_of_a_query_is_no_outage(string state)
    {
        var error = new PostgresException("", "ERROR", "ERROR", state);

        error.MayRecover().ShouldBeFalse();
        error.IsDatabaseUnavailable().ShouldBeFalse();
    }
}
