using Bank.Infrastructure.GroupCommit;
using Bank.Infrastructure.Ledger;
using Npgsql;

namespace Bank.Tests.Harness;

/// <summary>
/// Runs a money query on a database that skips the update of one account, as PostgreSQL 18.0 and 18.1 do
/// under contention.
/// </summary>
static class LostUpdate
{
    /// <summary>Checks that the query then fails and posts nothing.</summary>
    /// <param name="bank">The server for the isolated database.</param>
    /// <param name="query">The query of the slice.</param>
    /// <param name="lost">The account that is not updated, 0 or 1.</param>
    /// <param name="commandFor">Makes a command of the caller on the two accounts.</param>
    /// <param name="before">SQL that prepares the command.</param>
    public static async Task ShouldRollBackTheQueryAsync(
        this BankServer bank, IMoneyQuery query, int lost,
        Func<long, long[], MoneyCommand> commandFor, Func<long[], string>? before = null)
    {
        await using var own = await IsolatedLedger.CreateAsync(bank);
        long[] accounts = [await own.OpenAccountAsync(100m), await own.OpenAccountAsync(100m)];
        await own.Database.ExecuteAsync(before?.Invoke(accounts) ?? "SELECT");
        var held = await own.Ledger.AccountsAsync(accounts);
        await own.Database.ExecuteAsync(
            $"""
            CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
            CREATE TRIGGER lose BEFORE UPDATE ON accounts
                FOR EACH ROW WHEN (OLD.id = {accounts[lost]}) EXECUTE FUNCTION lose();
            """);
        var pending = commandFor(own.User, accounts).ToPending();

        var refusal = await Should.ThrowAsync<PostgresException>(
            () => own.QueryAsync(db => query.ExecuteAsync(db, PendingCommand.GroupOf([pending]))));

        refusal.SqlState.ShouldBe(PostgresErrorCodes.NotNullViolation);
        refusal.ColumnName.ShouldBe("created_at");
        (await own.Ledger.TransactionsAsync(pending.Id)).ShouldBeEmpty();
        (await own.Ledger.AccountsAsync(accounts)).ShouldBe(held);
        await own.Ledger.ShouldHoldAsync(accounts);
    }
}
