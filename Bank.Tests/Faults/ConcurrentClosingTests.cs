using Bank.Features.Accounts;
using Bank.Features.Users;
using Bank.Tests.Harness;

namespace Bank.Tests.Faults;

/// <summary>
/// Closing an account or deleting its owner while money is in flight: an account with money stays open
/// without a wait, and an empty one closes only if it is still empty once the posting is done.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class ConcurrentClosingTests(BankServer bank)
{
    [Fact]
    public async Task Account_and_owner_stay_until_the_last_withdrawal_is_posted()
    {
        await using var ledger = await IsolatedLedger.CreateAsync(bank);
        var account = await ledger.OpenAccountAsync(5m);
        await using var blocked = await BlockedAccount.BlockAsync(ledger.Database, account);
        var withdrawal = ledger.WithdrawAsync(account, 5m);
        await blocked.WaitForBlockedQueriesAsync(1);

        var refusal = await CloseAsync(ledger, account);
        var isRemoved = await LeaveAsync(ledger);
        await blocked.UnblockAsync();

        refusal.ShouldBe("account_not_empty");
        isRemoved.ShouldBeFalse();
        (await withdrawal).IsPosted.ShouldBeTrue();
        (await CloseAsync(ledger, account)).ShouldBeNull();
        (await LeaveAsync(ledger)).ShouldBeTrue();
        await ledger.Ledger.ShouldHoldAsync(account);
    }

    [Fact]
    public async Task Account_with_a_deposit_in_flight_is_not_closed()
    {
        await using var ledger = await IsolatedLedger.CreateAsync(bank);
        var account = await ledger.OpenAccountAsync();

        var refusal = await BehindFirstDepositAsync(ledger, account, () => CloseAsync(ledger, account));

        refusal.ShouldBe("account_not_empty");
        await ledger.Ledger.ShouldHoldAsync(account);
    }

    [Fact]
    public async Task User_with_a_deposit_in_flight_is_not_deleted()
    {
        await using var ledger = await IsolatedLedger.CreateAsync(bank);
        var account = await ledger.OpenAccountAsync();

        var isRemoved = await BehindFirstDepositAsync(ledger, account, () => LeaveAsync(ledger));

        isRemoved.ShouldBeFalse();
        await ledger.Ledger.ShouldHoldAsync(account);
    }

    [Fact]
    public async Task Two_requests_at_once_close_an_account_once()
    {
        await using var ledger = await IsolatedLedger.CreateAsync(bank);
        var account = await ledger.OpenAccountAsync();
        Task<string?>[] asked;

        await using (await LockedAccounts.LockAsync(ledger.Database, account))
        {
            asked = [CloseAsync(ledger, account), CloseAsync(ledger, account)];
            await BlockedAccount.WaitForBlockedQueriesAsync(ledger.Database, 2);
        }

        (await Task.WhenAll(asked)).ShouldAllBe(problem => problem == null);
        var closed = await RowAsync();
        (await CloseAsync(ledger, account)).ShouldBeNull();

        (await RowAsync()).ShouldBe(closed, "a repeated request writes nothing");

        Task<string> RowAsync() => ledger.Database.ScalarAsync<string>(
            $"SELECT xmin || ' ' || xmax || ' ' || closed_at FROM accounts WHERE id = {account}");
    }

    /// <summary>Runs an action that waits for a deposit in flight to the account.</summary>
    static async Task<T> BehindFirstDepositAsync<T>(IsolatedLedger ledger, long account, Func<Task<T>> ask)
    {
        await using var blocked = await BlockedAccount.BlockAsync(ledger.Database, account);
        var deposit = ledger.DepositAsync(account, 5m);
        await blocked.WaitForBlockedQueriesAsync(1);
        var asked = ask();
        await blocked.WaitForBlockedQueriesAsync(2);
        await blocked.UnblockAsync();

        (await deposit).IsPosted.ShouldBeTrue();
        return await asked;
    }

    static Task<string?> CloseAsync(IsolatedLedger ledger, long account) => ledger.QueryAsync(
        db => new CloseAccountQuery(db).CloseAsync(account, ledger.User, CancellationToken.None));

    static Task<bool> LeaveAsync(IsolatedLedger ledger) => ledger.QueryAsync(
        db => new DeleteMeQuery(db).RemoveAsync(ledger.User, CancellationToken.None));
}
