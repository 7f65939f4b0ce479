using Bank.Infrastructure.Data;
using Bank.Tests.Harness;

namespace Bank.Tests.Infrastructure.Data;

public sealed class ScramVerifierTests(BankServer bank)
{
    [Theory]
    [InlineData("pencil")]
    [InlineData("a quote ' and a \\ and пароль🔑")]
    public async Task It_is_what_PostgreSQL_makes_of_the_password(string password)
    {
        var role = $"role_{Names.New()}";
        await bank.Database.ExecuteAsync(
            $"CREATE ROLE {role} PASSWORD '{password.Replace("'", "''", StringComparison.Ordinal)}'");

        var stored = await bank.Database.ScalarAsync<string>(
            "SELECT rolpassword FROM pg_authid WHERE rolname = $1", role);

        var salt = Convert.FromBase64String(stored.Split('$', ':')[2]);
        ScramVerifier.Of(password, salt).ShouldBe(stored);
    }

    [Fact]
    public void No_two_are_the_same()
    {
        ScramVerifier.Of("pencil").ShouldNotBe(ScramVerifier.Of("pencil"));
    }
}
