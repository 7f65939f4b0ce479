using System.Net;
using Bank.Features.Transfers;
using Bank.Infrastructure.Idempotency;
using Bank.Infrastructure.Ledger;
using Bank.Infrastructure.Problems;
using Bank.Tests.Harness;

namespace Bank.Tests.Infrastructure.GroupCommit;

/// <summary>An account locked by another session delays only the commands on that account.</summary>
public sealed class LockedAccountTests(BankServer bank)
{
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(50)]
    public async Task Locked_accounts_do_not_delay_deposits_to_other_accounts(int count)
    {
        await using var ledger = await IsolatedLedger.CreateAsync(bank);
        var free = await ledger.OpenAccountAsync();
        var accounts = new List<long>();

        for (var index = 0; index < count; index++)
            accounts.Add(await ledger.OpenAccountAsync());

        Task<PostingResult>[] waiting;

        await using (await LockedAccounts.LockAsync(ledger.Database, [.. accounts]))
        {
            waiting = [.. accounts.Select(account => ledger.DepositAsync(account, 1m))];

            for (var index = 1; index <= 20; index++)
                (await ledger.DepositAsync(free, 1m)).Transaction.Balance.ShouldBe(index);

            waiting.ShouldAllBe(answer => !answer.IsCompleted);
        }

        (await Task.WhenAll(waiting))
            .ShouldAllBe(result => result.IsPosted && result.Transaction.Balance == 1m);
        await ledger.Ledger.ShouldHoldAsync([free, .. accounts]);
    }

    [Fact]
    public async Task Transfer_waits_while_either_account_is_locked()
    {
        var (customer, accounts) = await bank.RegisterAsync(10m, 10m, 10m);
        Task<HttpResponseMessage> paying, paid;

        await using (await LockedAccounts.LockAsync(bank.Database, accounts[0]))
        {
            paying = customer.TransferAsync(accounts[0], accounts[1], 1m);
            paid = customer.TransferAsync(accounts[1], accounts[0], 2m);
            using var other = await customer.TransferAsync(accounts[1], accounts[2], 3m);

            other.StatusCode.ShouldBe(HttpStatusCode.Created);
            paying.IsCompleted.ShouldBeFalse();
            paid.IsCompleted.ShouldBeFalse();
        }

        (await paying).StatusCode.ShouldBe(HttpStatusCode.Created);
        (await paid).StatusCode.ShouldBe(HttpStatusCode.Created);
        (await bank.Ledger.AccountsAsync(accounts)).Select(account => account.Balance)
            .ShouldBe([11m, 6m, 13m]);
        await bank.Ledger.ShouldHoldAsync(accounts);
    }

    [Fact]
    public async Task Batch_waits_for_a_locked_account_and_delays_nothing_else()
    {
        var (customer, accounts) = await bank.RegisterAsync(10m, 10m, 10m);
        Task<HttpResponseMessage> waiting;

        await using (await LockedAccounts.LockAsync(bank.Database, accounts[2]))
        {
            waiting = customer.PostBatchAsync(
                [(accounts[0], accounts[1], 1m), (accounts[1], accounts[2], 2m)]);

            for (var time = 0; time < 20; time++)
            {
                using var transfer = await customer.TransferAsync(accounts[0], accounts[1], 0.1m);
                using var batch = await customer.PostBatchAsync(
                    [(accounts[0], accounts[1], 0.1m), (accounts[1], accounts[0], 0.1m)]);
                transfer.StatusCode.ShouldBe(HttpStatusCode.Created);
                batch.StatusCode.ShouldBe(HttpStatusCode.Created);
            }

            waiting.IsCompleted.ShouldBeFalse();
        }

        using var posted = await waiting;
        posted.StatusCode.ShouldBe(HttpStatusCode.Created);
        (await bank.Ledger.AccountsAsync(accounts)).Select(account => account.Balance)
            .ShouldBe([7m, 11m, 12m]);
        await bank.Ledger.ShouldHoldAsync(accounts);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(50)]
    public async Task Parked_batches_do_not_delay_other_batches(int count)
    {
        await using var ledger = await IsolatedLedger.CreateAsync(bank);
        long[] free = [await ledger.OpenAccountAsync(100m), await ledger.OpenAccountAsync()];
        var accounts = new List<long>();

        for (var index = 0; index < count; index++)
            accounts.Add(await ledger.OpenAccountAsync(1m));

        Task<PostingResult>[] waiting;

        await using (await LockedAccounts.LockAsync(ledger.Database, [.. accounts]))
        {
            waiting = [.. accounts.Select(account => ledger.PostBatchAsync(account, free[1], 2))];

            for (var index = 1; index <= 20; index++)
                (await ledger.PostBatchAsync(free[0], free[1], 3)).IsPosted.ShouldBeTrue();

            waiting.ShouldAllBe(answer => !answer.IsCompleted);
        }

        (await Task.WhenAll(waiting))
            .ShouldAllBe(result => result.IsPosted && result.Transactions.Count == 2);
        await ledger.Ledger.ShouldHoldAsync([.. free, .. accounts]);
    }

    [Fact]
    public async Task Transfer_to_a_locked_account_is_undecided_and_claims_no_key()
    {
        var (customer, accounts) = await bank.RegisterAsync(10m, 0m);
        var caller = await customer.IdAsync();
        var command = TransferQuery.Command(caller, new(accounts[0], accounts[1], 1m));
        var key = new IdempotencyKey(caller, "key", "fingerprint", "trace");

        PostingRow decision;

        await using (await LockedAccounts.LockAsync(bank.Database, accounts[1]))
            decision = (await bank.PostAsync(new TransferQuery(), [command.ToPending(key)]))
                .Rows.Single();

        decision.Outcome.ShouldBeNull();
        decision.BusyId.ShouldBe(accounts[1]);
        (await bank.Database.ScalarAsync<long>(
            "SELECT count(*) FROM idempotency_keys WHERE user_id = $1", caller)).ShouldBe(0);
        await bank.Ledger.ShouldHoldAsync(accounts);
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Deposit_to_a_locked_account_times_out_with_account_busy()
    {
        await using var own = await IsolatedBank.StartAsync(bank, "Database:CommitTimeout=00:00:03");
        var customer = await own.RegisterAsync();
        var account = await customer.OpenAccountAsync(1m);

        await using (await LockedAccounts.LockAsync(own.Database, account))
        {
            using var response = await customer.DepositAsync(account, 1m);

            await response.ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "account_busy");
            response.Headers.RetryAfter.ShouldNotBeNull();
        }

        (await customer.BalanceAsync(account)).ShouldBe(1m);
        using var again = await customer.DepositAsync(account, 1m);
        again.StatusCode.ShouldBe(HttpStatusCode.Created);
        await own.Ledger.ShouldHoldAsync(account);
    }

    [Fact]
    public async Task Parked_commands_are_limited_per_account()
    {
        await using var ledger = await IsolatedLedger.CreateAsync(bank, new() { ParkedPerAccount = 3 });
        var account = await ledger.OpenAccountAsync();
        var free = await ledger.OpenAccountAsync();
        Task<PostingResult>[] waiting;

        await using (await LockedAccounts.LockAsync(ledger.Database, account))
        {
            waiting = [.. Enumerable.Range(0, 10).Select(_ => ledger.DepositAsync(account, 1m))];
            await Eventually.TrueAsync(
                () => waiting.Count(answer => answer.IsFaulted) == 7, "seven are refused");
            (await ledger.DepositAsync(free, 1m)).IsPosted.ShouldBeTrue();
        }

        foreach (var refused in waiting.Where(answer => answer.IsFaulted))
            (await Should.ThrowAsync<ProblemException>(refused)).Problem.ShouldBe(LedgerProblems.AccountBusy);

        (await Task.WhenAll(waiting.Where(answer => !answer.IsFaulted)))
            .ShouldAllBe(answer => answer.IsPosted);
        (await ledger.Ledger.SumAsync(account)).ShouldBe(3m);
    }
}
