using Bank.Infrastructure.GroupCommit;
using Bank.Infrastructure.Ledger;
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
    /// <param name="before">What the command needs to be there.</param>
    public static async Task ShouldRollBackTheQueryAsync(
        this BankServer bank, IMoneyQuery statement, int lost,
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
            () => own.QueryAsync(db => statement.ExecuteAsync(db, PendingCommand.GroupOf([pending]))));

        refusal.SqlState.ShouldBe(PostgresErrorCodes.NotNullViolation);
        refusal.ColumnName.ShouldBe("created_at");
        (await own.Ledger.TransactionsAsync(pending.Id)).ShouldBeEmpty();
        (await own.Ledger.AccountsAsync(accounts)).ShouldBe(held);
        await own.Ledger.ShouldHoldAsync(accounts);
    }
}
