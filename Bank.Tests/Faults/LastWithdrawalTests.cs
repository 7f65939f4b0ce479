using Bank.Features.Accounts;
using Bank.Features.Users;
using Bank.Tests.Harness;

namespace Bank.Tests.Faults;

/// <summary>Who waits for the withdrawal that empties an account finds it empty.</summary>
public sealed class LastWithdrawalTests(BankServer bank)
{
    [Fact]
    public async Task An_account_is_closed_behind_its_last_withdrawal()
    {
        await using var ledger = await OwnLedger.CreateAsync(bank);
        var account = await ledger.OpenAccountAsync(5m);

        var refusal = await BehindLastWithdrawalAsync(ledger, account, () => ledger.QueryAsync(
            db => new CloseAccountQuery(db).CloseAsync(account, ledger.User, CancellationToken.None)));

        refusal.ShouldBeNull();
        await ledger.Ledger.ShouldHoldAsync(account);
    }

    [Fact]
    public async Task A_user_leaves_behind_the_last_withdrawal()
    {
        await using var ledger = await OwnLedger.CreateAsync(bank);
        var account = await ledger.OpenAccountAsync(5m);

        var isRemoved = await BehindLastWithdrawalAsync(ledger, account, () => ledger.QueryAsync(
            db => new DeleteMeQuery(db).RemoveAsync(ledger.User, CancellationToken.None)));

        isRemoved.ShouldBeTrue();
        await ledger.Ledger.ShouldHoldAsync(account);
    }

    /// <summary>Asks while the withdrawal waits, so that what is asked waits for it.</summary>
    static async Task<T> BehindLastWithdrawalAsync<T>(OwnLedger ledger, long account, Func<Task<T>> ask)
    {
        await using var held = await HeldAccount.HoldAsync(ledger.Database, account);
        var withdrawal = ledger.WithdrawAsync(account, 5m);
        await held.AwaitWaitingAsync(1);
        var asked = ask();
        await held.AwaitWaitingAsync(2);
        await held.ReleaseAsync();

        (await withdrawal).IsPosted.ShouldBeTrue();
        return await asked;
    }
}
