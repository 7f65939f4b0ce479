using Bank.Features.Holds;
using Bank.Infrastructure.Ledger;
using Bank.Tests.Harness;

namespace Bank.Tests.Features.Holds;

/// <summary>Money of expired holds is free, whatever else waits to be expired.</summary>
public sealed class HoldExpiryTests(BankServer bank)
{
    /// <summary>Places holds that have expired but still have the status <c>held</c>.</summary>
    const string PlaceSql =
        """
        INSERT INTO holds (id, from_account_id, to_account_id, amount, created_at, expires_at)
        SELECT gen_random_uuid(), $1, $2, 1, now() - interval '1 h', now() - interval '1 s' * (2 + number)
        FROM generate_series(1, $3) AS number;
        """;

    [Fact]
    public async Task Debit_expires_the_holds_that_it_needs()
    {
        await using var ledger = await IsolatedLedger.CreateAsync(bank);
        long[] accounts = [await ledger.OpenAccountAsync(10m), await ledger.OpenAccountAsync()];
        await PlaceAsync(ledger, accounts[0], accounts[1], 700);

        // Nothing else expires holds here. The first two need more than 500 of them.
        (await ledger.TransferAsync(accounts[0], accounts[1], 9m)).IsPosted.ShouldBeTrue();
        await PlaceAsync(ledger, accounts[0], accounts[1], 100);
        (await ledger.PostBatchAsync(accounts[0], accounts[1], 40)).IsPosted.ShouldBeTrue();
        await PlaceAsync(ledger, accounts[0], accounts[1], 60);
        var hold = PlaceHoldQuery.Command(ledger.User, new(accounts[0], accounts[1], 0.6m), 60);
        (await ledger.PostAsync(hold)).IsPosted.ShouldBeTrue();

        (await ledger.TransferAsync(accounts[0], accounts[1], 0.01m)).Outcome.ShouldBe("insufficient_funds");
        await ledger.Ledger.ShouldHoldAsync(accounts);
    }

    [Fact]
    public async Task Locked_account_with_500_expired_holds_binds_no_other_money()
    {
        await using var ledger = await IsolatedLedger.CreateAsync(bank);
        var locked = await ledger.OpenAccountAsync(10m);
        long[] accounts = [await ledger.OpenAccountAsync(10m), await ledger.OpenAccountAsync(10m)];
        await PlaceAsync(ledger, locked, accounts[0], 500);
        await PlaceAsync(ledger, accounts[0], accounts[1], 2);
        await PlaceAsync(ledger, accounts[1], accounts[0], 2);

        await using (await LockedAccounts.LockAsync(ledger.Database, locked))
        await using (await LockedRows.LockAsync(
            ledger.Database, $"SELECT FROM holds WHERE from_account_id = {accounts[0]} LIMIT 1 FOR UPDATE"))
        {
            (await ledger.TransferAsync(accounts[1], accounts[0], 10m)).IsPosted.ShouldBeTrue();
            await PlaceAsync(ledger, accounts[0], accounts[1], 2);
            await ExpireAllAsync(ledger);

            (await HeldAsync(ledger, [locked, .. accounts])).ShouldBe([500, 1, 0]);
        }

        await ExpireAllAsync(ledger);
        (await HeldAsync(ledger, [locked, .. accounts])).ShouldBe([0, 0, 0]);
        await ledger.Ledger.ShouldHoldAsync([locked, .. accounts]);
    }

    static Task<bool> ExpireAllAsync(IsolatedLedger ledger) => ledger.QueryAsync(async db =>
    {
        await ExpireHoldsQuery.ExpireAsync(db, CancellationToken.None);
        return true;
    });

    static async Task PlaceAsync(IsolatedLedger ledger, long from, long to, int count)
    {
        await ledger.Database.ExecuteAsync(PlaceSql, from, to, count);
        await ledger.Database.ExecuteAsync(
            "UPDATE accounts SET held = held + $2 WHERE id = $1", from, (long)count);
    }

    static Task<long[]> HeldAsync(IsolatedLedger ledger, long[] accounts) => ledger.Database.QueryAsync(
        "SELECT held FROM accounts WHERE id = ANY ($1) ORDER BY id", row => row.GetInt64(0), accounts);
}
