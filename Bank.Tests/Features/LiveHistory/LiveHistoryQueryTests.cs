using Bank.Features.LiveHistory;
using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Ledger;
using Bank.Tests.Harness;
using Microsoft.Extensions.DependencyInjection;

namespace Bank.Tests.Features.LiveHistory;

public sealed class LiveHistoryQueryTests(BankServer bank)
{
    const int Listeners = 200;

    [Fact]
    public async Task A_poll_without_news_reads_two_rows_per_subscriber()
    {
        (await RowsAsync(sequence: 1_000)).ShouldAllBe(rows => rows <= Listeners);
    }

    [Fact]
    public async Task A_poll_reads_only_new_rows_however_long_the_history()
    {
        (await RowsAsync(sequence: 995)).Max().ShouldBe(5 * Listeners);
    }

    [Fact]
    public async Task Subscribers_resume_and_one_ahead_of_the_ledger_is_closed()
    {
        var (customer, accounts) = await bank.RegisterAsync(1m);
        (await customer.DepositAsync(accounts[0], 1m)).Dispose();
        var caller = await CallerAsync(customer);

        var told = await ReadAsync(caller, accounts[0], 0, 1, 2, 3);

        told[0]!.Select(item => item.Sequence).ShouldBe([1, 2]);
        told[1]!.Select(item => item.Sequence).ShouldBe([2]);
        told[2].ShouldBeNull();
        told[3].ShouldBe([]);
    }

    [Fact]
    public async Task A_subscriber_with_an_outdated_password_gets_nothing_more()
    {
        var (customer, accounts) = await bank.RegisterAsync(1m);
        var caller = await CallerAsync(customer);
        var before = new Caller(caller.Id, caller.Username, "another hash");

        (await ReadAsync(before, accounts[0], 0)).ShouldBe([[]]);
    }

    Task<Transaction[]?[]> ReadAsync(Caller caller, long account, params long[] sequences) =>
        bank.Services.GetRequiredService<LiveHistoryQuery>().ReadAsync(
            [.. sequences.Select(sequence =>
                new LiveHistorySubscriber(caller, account, sequence, TimeProvider.System))]);

    async Task<Caller> CallerAsync(Customer customer) => new(
        await customer.IdAsync(), customer.Username,
        await bank.Database.ScalarAsync<string>(
            "SELECT password_hash FROM users WHERE username = $1", customer.Username));

    /// <summary>The rows of each plan step, for subscribers to an account with 1,000 transactions.</summary>
    async Task<double[]> RowsAsync(int sequence)
    {
        await using var own = await IsolatedDatabase.CreateMigratedAsync(bank);
        await LongHistory.WriteForOneAsync(own.Database, 1_000);
        await using var connection = await own.Database.OpenConnectionAsync();

        var plan = await Plan.OfAsync(
            connection, typeof(LiveHistoryQuery), "Sql",
            ("accountIds", "bigint[]", Array(1)), ("userIds", "bigint[]", Array(1)),
            ("passwordHashes", "text[]", Array("\"\"")), ("keyIds", "bigint[]", Array(0)),
            ("sequences", "bigint[]", Array(sequence)));

        return [.. plan.Steps.Select(step => step.Rows)];
    }

    static string Array<T>(T element) => $"{{{string.Join(',', Enumerable.Repeat(element, Listeners))}}}";
}
