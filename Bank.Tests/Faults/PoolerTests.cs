using Bank.Tests.Harness;

namespace Bank.Tests.Faults;

/// <summary>A pooler between the API and its database, such as PgBouncer, is noticed and not trusted.</summary>
[Collection("Faults")]
public sealed class PoolerTests(BankServer server)
{
    [Fact]
    public async Task Behind_a_pooler_the_API_does_not_start_and_says_why()
    {
        await using var database = await OwnDatabase.CreateAsync(server);
        await using var pooler = new DatabaseProxy(database.ConnectionString) { RenamesSessions = true };

        var refusal = await Should.ThrowAsync<InvalidOperationException>(
            () => BankProcess.StartAsync(pooler.ConnectionString));

        refusal.Message.ShouldContain("exit code 1");
        refusal.Message.ShouldContain("Is there a pooler, such as PgBouncer, in between?");
        refusal.Message.ShouldNotContain("   at ");
    }
}
