using Bank.Infrastructure.Data;
using Bank.Tests.Harness;

namespace Bank.Tests.Infrastructure.Data;

public sealed class ScramVerifierTests(BankServer bank)
{
    [Theory]
    [InlineData("pencil")]
    [InlineData("a quote ' and a \\ and пароль🔑")]
    public async Task SCRAM_verifier_equals_the_one_computed_by_PostgreSQL(string password)
    {
        var role = $"role_{Names.New()}";
        await bank.Database.ExecuteAsync(
            $"CREATE ROLE {role} PASSWORD '{password.Replace("'", "''", StringComparison.Ordinal)}'");

        var stored = await bank.Database.ScalarAsync<string>(
            "SELECT rolpassword FROM pg_authid WHERE rolname = $1", role);

        var salt = Convert.FromBase64String(stored.Split('$', ':')[2]);
        ScramVerifier.FromPassword(password, salt).ShouldBe(stored);
    }

    [Fact]
    public void SCRAM_verifiers_of_the_same_password_differ()
    {
        ScramVerifier.FromPassword("pencil").ShouldNotBe(ScramVerifier.FromPassword("pencil"));
    }
}
