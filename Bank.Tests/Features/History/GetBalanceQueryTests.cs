using Bank.Features.History;
using Bank.Infrastructure.Ledger;
using Bank.Tests.Harness;
using Npgsql;

namespace Bank.Tests.Features.History;

public sealed class GetBalanceQueryTests(BankServer bank)
{
    [Theory]
    [InlineData(1000, 11)]
    [InlineData(20_000, 16)]
    public async Task Balance_query_finds_a_moment_by_binary_search(int length, int steps)
    {
        await using var own = await IsolatedDatabase.CreateMigratedAsync(bank);
        await LongHistory.WriteForOneAsync(own.Database, length);
        await using var connection = await own.Database.OpenConnectionAsync();

        foreach (var sequence in new[] { 0, 1, length / 3, length - 1, length })
        {
            var plan = await Plan.OfAsync(
                connection, typeof(GetBalanceQuery), "Sql", ("id", "bigint", "1"), ("userId", "bigint", "1"),
                ("at", "timestamptz", $"{LongHistory.At(sequence):O}"),
                ("settled", "timestamptz", "infinity"));

            plan.Steps.Count(step => step.Kind == "Index Scan").ShouldBeGreaterThanOrEqualTo(4);
            plan.Steps.ShouldAllBe(step => step.Rows <= steps);
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(1000)]
    public async Task A_balance_is_that_of_the_last_transaction_up_to_its_moment(int length)
    {
        await using var ledger = await IsolatedLedger.CreateAsync(bank);
        var account = await ledger.OpenAccountAsync();
        await LongHistory.WriteAsync(ledger.Database, account, length);

        foreach (var sequence in new[] { 1, 2, length / 2, length - 1, length })
        {
            var at = LongHistory.At(sequence);
            var then = await BalanceAsync(ledger, account, at);
            var after = await BalanceAsync(ledger, account, at.AddMicroseconds(999_999));
            var before = await BalanceAsync(ledger, account, at.AddMicroseconds(-1));

            then.ShouldBe(new BalanceResponse(account, at, null, sequence % 2 * 0.01m, sequence));
            (after.Sequence, after.Balance).ShouldBe((then.Sequence, then.Balance));
            (before.Sequence, before.Balance).ShouldBe((sequence - 1, (sequence - 1) % 2 * 0.01m));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_balance_stays_final_when_a_locked_deposit_commits_later(
        bool isOwnRole)
    {
        await using var ledger = await IsolatedLedger.CreateAsync(bank);
        var account = await ledger.OpenAccountAsync(100m);
        await using var api = NpgsqlDataSource.Create(ApiConnection.Of(ledger.ConnectionString));
        await using var blocked = await BlockedAccount.BlockAsync(isOwnRole ? api : ledger.Database, account);
        var deposit = ledger.DepositAsync(account, 1m);
        await blocked.WaitForBlockedQueriesAsync(1);

        var told = await BalanceAsync(ledger, account, null);
        await blocked.UnblockAsync();
        await deposit;

        told.Sequence.ShouldBe(1);
        (await BalanceAsync(ledger, account, told.At)).ShouldBe(told);
        (await BalanceAsync(ledger, account, null)).Balance.ShouldBe(101m);
    }

    static async Task<BalanceResponse> BalanceAsync(
        IsolatedLedger ledger, long account, DateTimeOffset? at) =>
        (await ledger.QueryAsync(db => new GetBalanceQuery(db, new SettledMomentQuery(db))
            .FindAsync(new GetBalanceRequest(account, at), ledger.User, CancellationToken.None)))
            .ShouldNotBeNull();
}
