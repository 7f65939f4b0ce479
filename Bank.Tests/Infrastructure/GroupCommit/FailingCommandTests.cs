using Bank.Infrastructure.Ledger;
using Bank.Tests.Harness;
using Npgsql;

namespace Bank.Tests.Infrastructure.GroupCommit;

/// <summary>
/// An account of which the database refuses every posting, since a transaction with its next version exists.
/// </summary>
public sealed class FailingCommandTests(BankServer bank)
{
    const int Others = 31;

    [Fact]
    public async Task Failing_account_splits_the_groups_of_others_once()
    {
        await using var ledger = await IsolatedLedger.CreateAsync(bank);
        var payers = await OpenAsync(ledger, Others + 1);
        var payee = await ledger.OpenAccountAsync();
        var failing = payers[Others / 2];
        await OccupyNextVersionAsync(ledger, failing);
        var transfers = payers.Select(payer => (payer, payee)).ToArray();

        var first = await ledger.BulkAsync(transfers, 0.01m);
        var second = await ledger.BulkAsync(transfers, 0.02m);
        var third = await ledger.BulkAsync(transfers, 0.03m);

        foreach (var results in (PostingResult[][])[first, second, third])
            results.Count(result => result.IsPosted).ShouldBe(Others);

        (await QueriesAsync(ledger, cents: 1)).ShouldBeGreaterThan(3, "or the failure splits nothing");

        // In the second bulk the payee may be at fault too, until one payment to it is posted alone. How many
        // queries that takes depends on how fast they are.
        (await QueriesAsync(ledger, cents: 3)).ShouldBeLessThan(3);
    }

    [Fact]
    public async Task Account_that_fails_no_more_is_posted_with_others()
    {
        await using var ledger = await IsolatedLedger.CreateAsync(bank);
        var payers = await OpenAsync(ledger, 2);
        var payee = await ledger.OpenAccountAsync();
        await OccupyNextVersionAsync(ledger, payers[0]);
        await Should.ThrowAsync<PostgresException>(() => ledger.TransferAsync(payers[0], payee, 0.01m));

        await ledger.Database.ExecuteAsync(
            $"UPDATE accounts SET version = version + 1 WHERE id = {payers[0]}");
        (await ledger.TransferAsync(payers[0], payee, 0.02m)).IsPosted.ShouldBeTrue();
        await ledger.BulkAsync(payers.Select(payer => (payer, payee)), 0.03m);

        (await QueriesAsync(ledger, cents: 3)).ShouldBe(1);
    }

    static async Task<List<long>> OpenAsync(IsolatedLedger ledger, int count)
    {
        var accounts = new List<long>();

        for (var index = 0; index < count; index++)
            accounts.Add(await ledger.OpenAccountAsync(100m));

        return accounts;
    }

    static Task<int> OccupyNextVersionAsync(IsolatedLedger ledger, long account) =>
        ledger.Database.ExecuteAsync(
            $"""
            INSERT INTO transactions (id, from_account_id, amount, from_balance, from_version, created_at)
            SELECT gen_random_uuid(), id, 1, 0, version + 1, now() FROM accounts WHERE id = {account}
            """);

    /// <summary>How many queries posted the transfers of an amount.</summary>
    static Task<long> QueriesAsync(IsolatedLedger ledger, int cents) => ledger.Database.ScalarAsync<long>(
        $"""
        SELECT count(DISTINCT xmin::text) FROM transactions
        WHERE from_account_id IS NOT NULL AND to_account_id IS NOT NULL AND amount = {cents}
        """);
}
