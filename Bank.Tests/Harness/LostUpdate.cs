using Bank.Infrastructure.Data;
using Bank.Infrastructure.GroupCommit;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Bank.Tests.Harness;

/// <summary>
/// Runs a money statement on a database that leaves one of its accounts as it was, as PostgreSQL 18.0 and 18.1
/// do under contention.
/// </summary>
static class LostUpdate
{
    /// <summary>Checks that the statement then fails and nothing at all is posted.</summary>
    /// <param name="bank">The server to run it on, in a database of its own.</param>
    /// <param name="statement">The slice's statement.</param>
    /// <param name="lost">Which of the two accounts is not updated, 0 or 1.</param>
    /// <param name="commandFor">A command of the caller's between the two accounts, or on one of them.</param>
    public static async Task ShouldUndoTheStatementAsync<TCommand, TOutcome>(
        this BankServer bank, IMoneyStatement<TCommand, TOutcome> statement, int lost,
        Func<long, long[], TCommand> commandFor)
        where TOutcome : struct, Enum
    {
        await using var own = await OwnDatabase.CreateMigratedAsync(bank);
        var user = await own.Database.ScalarAsync<long>(
            "INSERT INTO users (username, password_hash) VALUES ('owner', '') RETURNING id");
        var accounts = await own.Database.QueryAsync(
            "INSERT INTO accounts (user_id, balance) VALUES ($1, 100), ($1, 100) RETURNING id",
            row => row.GetInt64(0), user);
        await own.Database.ExecuteAsync(
            $"""
            CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
            CREATE TRIGGER lose BEFORE UPDATE ON accounts
                FOR EACH ROW WHEN (OLD.id = {accounts[lost]}) EXECUTE FUNCTION lose();
            """);
        var posting = new Posting<TCommand>(commandFor(user, accounts), null);
        await using var services = own.Services();
        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<BankDb>();

        var refusal = await Should.ThrowAsync<PostgresException>(
            () => statement.PostAsync(db, new Batch<TCommand>([posting])));

        refusal.SqlState.ShouldBe(PostgresErrorCodes.CheckViolation);
        refusal.ConstraintName.ShouldBeOneOf("transactions_from_is_whole", "transactions_to_is_whole");
        (await own.Database.ScalarAsync<long>("SELECT count(*) FROM transactions")).ShouldBe(0);
        (await own.Database.ScalarAsync<decimal>("SELECT sum(version) FROM accounts")).ShouldBe(0);
        (await own.Database.ScalarAsync<decimal>("SELECT sum(balance) FROM accounts")).ShouldBe(200);
    }
}
