using System.Diagnostics;
using Bank.Tests.Harness;
using Microsoft.AspNetCore.Http;

namespace Bank.Tests.Faults;

/// <summary>
/// Whatever is killed in the middle of a delivery: the receiver gets every transaction, in order, and twice
/// only with the same id.
/// </summary>
[Collection("Failover")]
[Trait("Speed", "Slow")]
public sealed class WebhookFaultTests(ReplicatedPostgres pair)
{
    const int Transactions = 400;

    static readonly string[] Settings = [.. WebhookReceiver.Settings, "Database:CommitTimeout=00:00:04"];

    [Fact]
    public async Task Killed_sender_receiver_and_database_lose_and_reorder_nothing()
    {
        await using var postgres = await CrashingPostgres.StartAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = Promptly;
        await using var sender = await BankProcess.StartAsync(postgres.ConnectionString, Settings);
        var customer = await Customer.RegisterAsync(sender.Address);
        var account = await customer.OpenAccountAsync(1_000m);
        var (webhook, _) = await customer.CreateWebhookAsync(account, receiver.Url);
        await PostAsync(customer, account);

        await receiver.TakeAsync(30);
        await postgres.CrashAsync();
        await receiver.TakeAsync(receiver.Requests.Length + 30);
        await receiver.StopAsync();
        await Eventually.TrueAsync(() => IsPassedAsync(postgres, webhook), "it waits for the next attempt");
        await receiver.RestartAsync();
        await receiver.TakeAsync(receiver.Requests.Length + 30);
        receiver.Answer = Slowly;
        await using var next = await BankProcess.StartAsync(postgres.ConnectionString, Settings);
        sender.Kill();
        var killed = Stopwatch.StartNew();
        await sender.ExitAsync();
        receiver.Answer = Promptly;
        await receiver.TakeAsync(receiver.Requests.Length + 1);

        killed.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(30));
        await ShouldBeCompleteAsync(receiver, Transactions + 1);
        receiver.MaxInFlight.ShouldBe(1);
    }

    [Fact]
    public async Task Stopped_sender_is_replaced_at_once()
    {
        await using var bank = await ReplicatedBank.StartAsync(pair, Settings);
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = Promptly;
        var customer = await Customer.RegisterAsync(bank.Api.Address);
        var account = await customer.OpenAccountAsync(1_000m);
        await customer.CreateWebhookAsync(account, receiver.Url);
        await PostAsync(customer, account);
        await receiver.TakeAsync(30);
        receiver.Answer = Slowly;
        await using var next = await BankProcess.StartAsync(bank.ConnectionString(pair.Hosts), Settings);

        (await bank.Api.StopAsync()).ShouldBe(0);
        var stopped = Stopwatch.StartNew();
        receiver.Answer = Promptly;
        await receiver.TakeAsync(receiver.Requests.Length + 1);

        stopped.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(15));
        await pair.PromoteAsync();
        await ShouldBeCompleteAsync(receiver, Transactions + 1);
        receiver.Requests.Length.ShouldBeLessThan(2 * Transactions);
    }

    static Task Promptly(HttpContext context, WebhookRequest request) => Task.Delay(5);

    /// <summary>Leaves something to deliver while an instance starts.</summary>
    static Task Slowly(HttpContext context, WebhookRequest request) => Task.Delay(500);

    static async Task PostAsync(Customer customer, long account)
    {
        var other = await customer.OpenAccountAsync();
        using var posted = await customer.BulkAsync(
            Enumerable.Repeat(new { from = account, to = other, amount = 1 }, Transactions));
        posted.EnsureSuccessStatusCode();
    }

    static async Task<bool> IsPassedAsync(CrashingPostgres postgres, long webhook) =>
        await postgres.Database.ExecuteAsync(
            "UPDATE webhooks SET next_attempt_at = now() WHERE id = $1 AND attempts > 0 AND lease IS NULL",
            webhook) == 1;

    static async Task ShouldBeCompleteAsync(WebhookReceiver receiver, int last)
    {
        await Eventually.TrueAsync(() => receiver.Sequences[^1] == last, "all are delivered");
        var reached = 1L;

        foreach (var request in receiver.Requests)
        {
            request.Sequence.ShouldBeInRange(2, reached + 1);
            reached = Math.Max(reached, request.Sequence);
        }

        receiver.Requests.GroupBy(request => request.Sequence)
            .ShouldAllBe(same => same.Select(request => request.Id + request.Body).Distinct().Count() == 1);
    }
}
