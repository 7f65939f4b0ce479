using Bank.Infrastructure.Ledger;
using Bank.Infrastructure.Problems;
using Bank.Tests.Harness;

namespace Bank.Tests.Infrastructure.GroupCommit;

/// <summary>Bulks, and the single commands that arrive meanwhile.</summary>
public sealed class BulkTests(BankServer bank)
{
    [Fact]
    public async Task Bulk_on_a_locked_account_is_parked_and_delays_nothing_else()
    {
        await using var ledger = await IsolatedLedger.CreateAsync(
            bank, new() { MaxGroupSize = 100, ParkedPerAccount = 4 });
        var locked = await ledger.OpenAccountAsync(1000m);
        var (free, other) = (await ledger.OpenAccountAsync(100m), await ledger.OpenAccountAsync());
        Task<PostingResult[]> bulk;
        Task<PostingResult>[] alone;

        await using (await LockedAccounts.LockAsync(ledger.Database, locked))
        {
            bulk = ledger.BulkAsync(900, locked, other, 1m);

            // Each of them takes a query, which posts many commands of the bulk too.
            for (var query = 0; query < 20; query++)
                (await ledger.TransferAsync(free, other, 1m)).IsPosted.ShouldBeTrue();

            alone = [.. Enumerable.Range(0, 4).Select(_ => ledger.TransferAsync(locked, other, 1m))];
            (await ledger.TransferAsync(free, other, 1m)).IsPosted.ShouldBeTrue();
            alone.ShouldAllBe(answer => !answer.IsCompleted);
        }

        (await bulk).ShouldAllBe(answer => answer.IsPosted);
        (await Task.WhenAll(alone)).ShouldAllBe(answer => answer.IsPosted);
        await ledger.Ledger.ShouldHoldAsync(locked, free, other);
    }

    [Fact]
    public async Task Single_transfer_does_not_wait_behind_bulks()
    {
        await using var ledger = await IsolatedLedger.CreateAsync(bank, new() { MaxGroupSize = 20 });
        var (from, to) = (await ledger.OpenAccountAsync(4000m), await ledger.OpenAccountAsync());
        var (free, other) = (await ledger.OpenAccountAsync(100m), await ledger.OpenAccountAsync());
        Task<PostingResult[]>[] many;
        Task<PostingResult>[] alone;

        await using (var blocked = await BlockedAccount.BlockAsync(ledger.Database, from))
        {
            many = [.. Enumerable.Range(0, 4).Select(_ => ledger.BulkAsync(1000, from, to, 1m))];
            await blocked.WaitForBlockedQueriesAsync(1);
            alone = [.. Enumerable.Range(0, 15).Select(_ => ledger.TransferAsync(free, other, 1m))];
            await blocked.UnblockAsync();
        }

        await Task.WhenAll(alone);
        (await Task.WhenAll(many)).ShouldAllBe(answers => answers.All(answer => answer.IsPosted));
        (await PostedBeforeAsync(ledger, from, free)).ShouldBe(20, "they are in the second group");
        await ledger.Ledger.ShouldHoldAsync(from, to, free, other);
    }

    [Fact]
    public async Task Bulk_commands_in_flight_are_limited_per_user()
    {
        await using var ledger = await IsolatedLedger.CreateAsync(bank, new() { BulkCommandsPerUser = 1000 });
        var (from, to) = (await ledger.OpenAccountAsync(2000m), await ledger.OpenAccountAsync());
        await using var blocked = await BlockedAccount.BlockAsync(ledger.Database, from);

        var first = ledger.BulkAsync(600, from, to, 1m);
        var refused = await Should.ThrowAsync<ProblemException>(ledger.BulkAsync(401, from, to, 1m));
        var second = ledger.BulkAsync(400, from, to, 1m);
        await blocked.UnblockAsync();
        await Task.WhenAll(first, second);
        var later = await ledger.BulkAsync(1000, from, to, 1m);

        refused.Problem.ShouldBe(Problem.TooManyRequests);
        later.ShouldAllBe(answer => answer.IsPosted);
        later[^1].Transaction.Balance.ShouldBe(0m);
    }

    [Fact]
    public async Task Bulk_that_exceeds_the_free_capacity_is_refused_whole()
    {
        await using var ledger = await IsolatedLedger.CreateAsync(bank, new() { BulkCapacity = 1000 });
        var (from, to) = (await ledger.OpenAccountAsync(2000m), await ledger.OpenAccountAsync());
        await using var blocked = await BlockedAccount.BlockAsync(ledger.Database, from);

        var first = ledger.BulkAsync(600, from, to, 1m);
        var refused = await Should.ThrowAsync<ProblemException>(ledger.BulkAsync(401, from, to, 1m));
        await blocked.UnblockAsync();
        await first;
        var later = await ledger.BulkAsync(1000, from, to, 1m);

        refused.Problem.ShouldBe(Problem.Overloaded);
        later[^1].Transaction.Balance.ShouldBe(400m);
        await ledger.Ledger.ShouldHoldAsync(from, to);
    }

    [Fact]
    public async Task Bulk_gets_its_share_beside_many_single_transfers()
    {
        await using var ledger = await IsolatedLedger.CreateAsync(bank, new() { MaxGroupSize = 8 });
        var (from, to) = (await ledger.OpenAccountAsync(20m), await ledger.OpenAccountAsync());
        var (free, other) = (await ledger.OpenAccountAsync(4000m), await ledger.OpenAccountAsync());
        Task<PostingResult[]> many;
        Task<PostingResult>[] alone;

        await using (var blocked = await BlockedAccount.BlockAsync(ledger.Database, free))
        {
            alone = [.. Enumerable.Range(0, 800).Select(_ => ledger.TransferAsync(free, other, 1m))];
            await blocked.WaitForBlockedQueriesAsync(1);
            many = ledger.BulkAsync(20, from, to, 1m);
            await blocked.UnblockAsync();
        }

        (await many).ShouldAllBe(answer => answer.IsPosted);
        (await Task.WhenAll(alone)).ShouldAllBe(answer => answer.IsPosted);
        (await PostedBeforeAsync(ledger, free, from))
            .ShouldBeLessThan(800 / 2, "a quarter of each is theirs");
        await ledger.Ledger.ShouldHoldAsync(from, to, free, other);
    }

    /// <summary>How many transfers from an account were posted before the last one from another.</summary>
    static Task<long> PostedBeforeAsync(IsolatedLedger ledger, long from, long other) =>
        ledger.Database.ScalarAsync<long>(
            """
            SELECT count(*)
            FROM transactions
            WHERE from_account_id = $1
              AND created_at < (SELECT max(created_at) FROM transactions WHERE from_account_id = $2)
            """,
            from, other);

    [Fact]
    public async Task Bulk_in_flight_is_posted_on_shutdown()
    {
        await using var ledger = await IsolatedLedger.CreateAsync(bank);
        var (from, to) = (await ledger.OpenAccountAsync(2000m), await ledger.OpenAccountAsync());
        await using var blocked = await BlockedAccount.BlockAsync(ledger.Database, from);

        var bulk = ledger.BulkAsync(1000, from, to, 1m);
        await blocked.WaitForBlockedQueriesAsync(1);
        var stopped = ledger.StopAsync();
        var refused = await Should.ThrowAsync<ProblemException>(ledger.BulkAsync(1, from, to, 1m));
        await blocked.UnblockAsync();
        await stopped;

        bulk.IsCompleted.ShouldBeTrue();
        (await bulk).ShouldAllBe(answer => answer.IsPosted);
        refused.Problem.ShouldBe(Problem.Overloaded);
    }
}
