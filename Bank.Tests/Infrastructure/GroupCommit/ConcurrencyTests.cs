using System.Net;
using Bank.Tests.Harness;

namespace Bank.Tests.Infrastructure.GroupCommit;

/// <summary>The ledger stays correct however many requests move money at once.</summary>
public sealed class ConcurrencyTests(BankServer bank)
{
    [Fact]
    public async Task Opposite_transfers_neither_deadlock_nor_lose_money()
    {
        var (customer, accounts) = await bank.RegisterAsync(20m, 20m);

        for (var round = 0; round < 5; round++)
        {
            var responses = await Burst.OfAsync(64, index => customer.TransferAsync(
                accounts[index % 2], accounts[(index + 1) % 2], 1m + index % 5));

            await responses.ShouldOtherwiseBeAsync(HttpStatusCode.BadRequest, "insufficient_funds");
            (await bank.Ledger.SumAsync(accounts)).ShouldBe(40m);
            await bank.Ledger.ShouldHoldAsync(accounts);
        }
    }

    [Fact]
    public async Task Ring_of_transfers_neither_deadlocks_nor_loses_money()
    {
        var ring = new List<(Customer Customer, long Account)>();

        for (var place = 0; place < 8; place++)
        {
            var (customer, accounts) = await bank.RegisterAsync(10m);
            ring.Add((customer, accounts[0]));
        }

        var all = ring.Select(place => place.Account).ToArray();

        var responses = await Burst.OfAsync(200, index =>
        {
            var payer = ring[index % 8];
            var payee = ring[(index + 1 + index / 8 % 7) % 8];
            return payer.Customer.TransferAsync(payer.Account, payee.Account, 3m);
        });

        await responses.ShouldOtherwiseBeAsync(HttpStatusCode.BadRequest, "insufficient_funds");
        (await bank.Ledger.SumAsync(all)).ShouldBe(80m);
        await bank.Ledger.ShouldHoldAsync(all);
    }

    [Fact]
    public async Task Concurrent_mixed_commands_on_two_accounts_add_up()
    {
        var (customer, accounts) = await bank.RegisterAsync(50m, 50m);

        var responses = await Burst.OfAsync(150, index => (index % 3) switch
        {
            0 => customer.DepositAsync(accounts[index % 2], 2m),
            1 => customer.WithdrawAsync(accounts[index % 2], 3m),
            _ => customer.TransferAsync(accounts[index % 2], accounts[(index + 1) % 2], 5m),
        });

        await responses.ShouldOtherwiseBeAsync(HttpStatusCode.BadRequest, "insufficient_funds");
        var withdrawn = responses
            .Where((response, index) => index % 3 == 1 && response.IsSuccessStatusCode).Count();
        (await bank.Ledger.SumAsync(accounts)).ShouldBe(100m + 50 * 2m - withdrawn * 3m);
        await bank.Ledger.ShouldHoldAsync(accounts);
    }

    [Fact]
    public async Task Random_concurrent_commands_add_up()
    {
        const int Commands = 400;
        var random = new Random(20261122);
        var (customer, accounts) = await bank.RegisterAsync(100m, 100m, 100m, 0m, 0m);
        var (other, others) = await bank.RegisterAsync(100m, 0m);
        long[] all = [.. accounts, .. others];
        var commands = Enumerable.Range(0, Commands).Select(_ => (
            Customer: random.Next(4) == 0 ? other : customer,
            From: all[random.Next(all.Length)], To: all[random.Next(all.Length)],
            Amount: random.Next(1, 5000) / 100m, Kind: random.Next(4))).ToArray();

        var responses = await Burst.OfAsync(Commands, index => commands[index] switch
        {
            { Kind: 0 } command => command.Customer.DepositAsync(command.From, command.Amount),
            { Kind: 1 } command => command.Customer.WithdrawAsync(command.From, command.Amount),
            var command => command.Customer.TransferAsync(command.From, command.To, command.Amount),
        });

        responses.ShouldAllBe(response => (int)response.StatusCode < 500);
        responses.Select(response => response.StatusCode).Distinct().Count().ShouldBeGreaterThan(2);
        var posted = commands.Where((_, index) => responses[index].IsSuccessStatusCode).ToArray();
        (await bank.Ledger.SumAsync(all)).ShouldBe(
            400m + posted.Where(command => command.Kind == 0).Sum(command => command.Amount)
            - posted.Where(command => command.Kind == 1).Sum(command => command.Amount));
        (await bank.Ledger.AccountsAsync(all)).Sum(account => account.Transactions)
            .ShouldBe(4 + posted.Sum(command => command.Kind > 1 ? 2 : 1));
        await bank.Ledger.ShouldHoldAsync(all);
    }

    [Fact]
    public async Task Transfer_responses_match_the_ledger_rows()
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 100m);

        var responses = await Burst.OfAsync(60, index => customer.TransferAsync(
            accounts[index % 2], accounts[(index + 1) % 2], 1m + index));

        foreach (var response in responses.Where(response => response.IsSuccessStatusCode))
        {
            var answer = await response.JsonAsync();
            var row = await bank.Ledger.TransactionAsync(answer.GetProperty("id").GetGuid());
            row.From.ShouldBe(answer.GetProperty("from").GetInt64());
            row.Amount.ShouldBe(answer.GetProperty("amount").GetDecimal());
            row.FromBalance.ShouldBe(answer.GetProperty("balance").GetDecimal());
        }

        await bank.Ledger.ShouldHoldAsync(accounts);
    }

    [Fact]
    public async Task Cancelled_transfers_leave_the_ledger_consistent()
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 0m);
        using var gone = new CancellationTokenSource();

        var requests = Enumerable.Range(0, 50).Select(_ => customer.Http.PostAsync(
            "/transactions/transfer",
            new StringContent(
                $$"""{"from": {{accounts[0]}}, "to": {{accounts[1]}}, "amount": 1}""",
                mediaType: new("application/json")),
            gone.Token)).ToArray();
        await Task.WhenAny(requests);
        await gone.CancelAsync();
        await Burst.SettleAsync(requests);

        using var after = await customer.TransferAsync(accounts[0], accounts[1], 1m);
        after.StatusCode.ShouldBe(HttpStatusCode.Created);
        (await bank.Ledger.SumAsync(accounts)).ShouldBe(100m);
        await bank.Ledger.ShouldHoldAsync(accounts);
    }
}
