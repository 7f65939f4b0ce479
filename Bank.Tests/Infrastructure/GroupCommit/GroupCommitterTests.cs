using Bank.Infrastructure.Ledger;
using Bank.Infrastructure.Problems;
using Bank.Tests.Harness;
using Npgsql;

namespace Bank.Tests.Infrastructure.GroupCommit;

/// <summary>How commands share queries.</summary>
public sealed class GroupCommitterTests(BankServer bank)
{
    /// <summary>Longer than any result takes.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Single_command_is_sent_at_once()
    {
        await using var ledger = await IsolatedLedger.CreateAsync(bank);
        var account = await ledger.OpenAccountAsync();
        await using var blocked = await BlockedAccount.BlockAsync(ledger.Database, account);

        var answer = ledger.DepositAsync(account, 1m);

        await blocked.WaitForBlockedQueriesAsync(1);
        await blocked.UnblockAsync();
        (await answer).Outcome.ShouldBe(PostingRow.Posted);
    }

    [Fact]
    public async Task Commands_arriving_during_a_query_share_the_next_group()
    {
        await using var ledger = await IsolatedLedger.CreateAsync(bank);
        var account = await ledger.OpenAccountAsync();

        var together = await DepositTogetherAsync(ledger, account, Enumerable.Repeat(1m, 100));

        var answers = await Task.WhenAll(together);
        answers.ShouldAllBe(answer => answer.Outcome == PostingRow.Posted);
        answers.Select(answer => answer.Transaction.Balance)
            .ShouldBe(Enumerable.Range(2, 100).Select(count => (decimal)count));
        var queries = await ledger.Database.ScalarAsync<long>(
            "SELECT count(DISTINCT xmin::text) FROM transactions");
        queries.ShouldBe(2);
        await ledger.Ledger.ShouldHoldAsync(account);
    }

    [Fact]
    public async Task Failing_query_does_not_stop_the_commit_loop()
    {
        await using var ledger = await IsolatedLedger.CreateAsync(bank);
        var account = await ledger.OpenAccountAsync();

        var untold = ledger.PostAsync(new MoneyCommand(new FaultyQuery(), ledger.User, null, account, 1m));
        var answer = await ledger.DepositAsync(account, 1m).WaitAsync(Patience);

        answer.Outcome.ShouldBe(PostingRow.Posted);
        untold.IsCompleted.ShouldBeFalse("nothing is known of it");
    }

    [Fact]
    public async Task Command_of_a_failing_query_expires()
    {
        await using var ledger = await IsolatedLedger.CreateAsync(bank);
        var account = await ledger.OpenAccountAsync();

        var failure = await Should.ThrowAsync<ProblemException>(
            ledger.PostOverdueAsync(new MoneyCommand(new FaultyQuery(), ledger.User, null, account, 1m))
                .WaitAsync(Patience));

        failure.Problem.Code.ShouldBe("outcome_unknown");
    }

    [Fact]
    public async Task Kinds_take_turns_in_groups_of_their_own()
    {
        await using var ledger = await IsolatedLedger.CreateAsync(bank);
        var account = await ledger.OpenAccountAsync(100m);
        await using var blocked = await BlockedAccount.BlockAsync(ledger.Database, account);

        var first = ledger.DepositAsync(account, 1m);
        await blocked.WaitForBlockedQueriesAsync(1);
        Task<PostingResult>[] together =
        [
            .. Enumerable.Range(0, 40).Select(index => index % 2 == 0
                ? ledger.DepositAsync(account, 1m)
                : ledger.WithdrawAsync(account, 1m)),
        ];
        await blocked.UnblockAsync();
        await Task.WhenAll([first, .. together]);

        // The first balance, then the first deposit, then one group for each kind.
        (await ledger.Database.ScalarAsync<long>("SELECT count(DISTINCT xmin::text) FROM transactions"))
            .ShouldBe(1 + 1 + 2);
        (await ledger.Ledger.SumAsync(account)).ShouldBe(101m);
        await ledger.Ledger.ShouldHoldAsync(account);
    }

    [Fact]
    public async Task Failing_command_does_not_fail_the_rest_of_its_group()
    {
        await using var ledger = await IsolatedLedger.CreateAsync(bank);
        var account = await ledger.OpenAccountAsync();
        await ledger.Database.ExecuteAsync(
            """
            CREATE FUNCTION bring_bad_luck() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION 'bad luck';
            END $$;

            CREATE TRIGGER thirteen_brings_bad_luck
                BEFORE INSERT ON transactions
                FOR EACH ROW WHEN (NEW.amount = 1300) EXECUTE FUNCTION bring_bad_luck();
            """);

        var answers = await DepositTogetherAsync(
            ledger, account, Enumerable.Range(0, 20).Select(index => index == 7 ? 13m : 1m));

        var refusal = await Should.ThrowAsync<PostgresException>(answers[7]);
        refusal.MessageText.ShouldBe("bad luck");
        var others = await Task.WhenAll(answers.Where((_, index) => index != 7));
        others.ShouldAllBe(answer => answer.Outcome == PostingRow.Posted);
        (await ledger.Ledger.SumAsync(account)).ShouldBe(1m + others.Length);
        await ledger.Ledger.ShouldHoldAsync(account);
    }

    [Fact]
    public async Task Withdrawal_refused_within_a_group_is_requeued()
    {
        await using var ledger = await IsolatedLedger.CreateAsync(bank);
        var account = await ledger.OpenAccountAsync(10m);
        await using var blocked = await BlockedAccount.BlockAsync(ledger.Database, account);

        var first = ledger.WithdrawAsync(account, 1m);
        await blocked.WaitForBlockedQueriesAsync(1);
        decimal[] amounts = [6m, 6m, 3m, 100m];
        var behind = Array.ConvertAll(amounts, amount => ledger.WithdrawAsync(account, amount));
        await blocked.UnblockAsync();

        (await first).Transaction.Balance.ShouldBe(9m);
        var results = await Task.WhenAll(behind);
        results.Select(result => (result.Outcome, result.Transactions.Sum(shown => shown.Balance))).ShouldBe(
        [
            (PostingRow.Posted, 3m),
            ("insufficient_funds", 0m),
            (PostingRow.Posted, 0m),
            ("insufficient_funds", 0m),
        ]);
        await ledger.Ledger.ShouldHoldAsync(account);
    }

    [Fact]
    public async Task Shutdown_posts_accepted_commands_and_refuses_new_ones()
    {
        await using var ledger = await IsolatedLedger.CreateAsync(bank);
        var account = await ledger.OpenAccountAsync();
        await using var blocked = await BlockedAccount.BlockAsync(ledger.Database, account);
        var answers = Enumerable.Range(0, 50).Select(_ => ledger.DepositAsync(account, 1m)).ToArray();

        var stop = ledger.StopAsync();
        var late = await Should.ThrowAsync<ProblemException>(() => ledger.DepositAsync(account, 1m));
        var hadStopped = stop.IsCompleted;
        await blocked.UnblockAsync();
        await stop;

        hadStopped.ShouldBeFalse();
        late.Problem.ShouldBe(Problem.Overloaded);
        answers.ShouldAllBe(answer => answer.IsCompletedSuccessfully);
        (await ledger.Ledger.SumAsync(account)).ShouldBe(50m);
    }

    /// <summary>Posts a deposit of 1 that has to wait, and all the others meanwhile.</summary>
    static async Task<Task<PostingResult>[]> DepositTogetherAsync(
        IsolatedLedger ledger, long account, IEnumerable<decimal> amounts)
    {
        await using var blocked = await BlockedAccount.BlockAsync(ledger.Database, account);
        var first = ledger.DepositAsync(account, 1m);
        await blocked.WaitForBlockedQueriesAsync(1);
        var others = amounts.Select(amount => ledger.DepositAsync(account, amount)).ToArray();
        await blocked.UnblockAsync();
        await first;

        return others;
    }
}
