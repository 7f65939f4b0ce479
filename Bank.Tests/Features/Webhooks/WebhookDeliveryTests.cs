using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using Bank.Tests.Harness;
using Bank.Tests.Infrastructure.OpenApi;
using Microsoft.AspNetCore.Http;

namespace Bank.Tests.Features.Webhooks;

/// <summary>The delivery of transactions to a receiver, in a bank of its own.</summary>
[Trait("Speed", "Slow")]
public sealed partial class WebhookDeliveryTests(WebhookBank webhooks) : IClassFixture<WebhookBank>
{
    [Fact]
    public async Task Each_later_transaction_is_delivered_in_order()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var (customer, account, _, _) = await webhooks.OpenAsync(receiver, 5m);

        await Burst.OfAsync(30, _ => customer.DepositAsync(account, 1m));

        (await receiver.TakeAsync(30)).Select(request => request.Sequence)
            .ShouldBe(Enumerable.Range(2, 30).Select(number => (long)number));
        receiver.MaxInFlight.ShouldBe(1);
        await Eventually.TrueAsync(
            async () => (await customer.WebhookAsync(account)).GetProperty("sequence").GetInt64() == 31,
            "the sequence is saved");
        (await customer.WebhookAsync(account)).Names().ShouldBe(["id", "url", "sequence", "created_at"]);
    }

    /// <summary>With the receiver that the document shows, and a package that others wrote.</summary>
    [Fact]
    public async Task Receiver_of_the_document_verifies_both_secrets_and_no_other()
    {
        using var directory = await NodeDirectory.CreateAsync("Bank.Tests/Features/Webhooks/Receivers");
        var port = Ports.Free();
        await directory.WriteAsync(
            "receiver.js",
            Example.Match(SourceTree.Read("docs/http.md")).Groups["code"].Value
                .Replace("listen(8080)", $"listen({port})"));
        var customer = await webhooks.Bank.RegisterAsync();
        var account = await customer.OpenAccountAsync();
        var (webhook, first) = await customer.CreateWebhookAsync(account, $"http://127.0.0.1:{port}/");
        using var rotated = await customer.Http.PostAsync($"/webhooks/{webhook}/secret", null);
        var second = (await rotated.JsonAsync()).GetProperty("secret").GetString()!;
        string[] secrets = [first, second, $"whsec_{new string('A', 43)}="];

        foreach (var (index, secret) in secrets.Index())
        {
            using var receiver = directory.Start("env", $"SECRET={secret}", "node", "receiver.js");
            await Eventually.TrueAsync(() => AnswersAsync(port), "the receiver listens");

            try
            {
                (await customer.DepositAsync(account, 1.25m)).EnsureSuccessStatusCode().Dispose();

                if (index < 2)
                    await ReceivesAsync(receiver, index == 0 ? "1 1.25 1.25" : "2 1.25 2.5");
                else
                    await FailedAsync(customer, account, "The receiver answered 401.");
            }
            finally
            {
                receiver.Kill();
                await receiver.WaitForExitAsync();
            }
        }
    }

    [Fact]
    public async Task Previous_secret_ends_after_24_hours()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var (customer, account, webhook, _) = await webhooks.OpenAsync(receiver);
        (await customer.Http.PostAsync($"/webhooks/{webhook}/secret", null)).Dispose();
        (await customer.DepositAsync(account, 1m)).Dispose();
        await receiver.TakeAsync(1);
        (await customer.Http.PostAsync($"/webhooks/{webhook}/secret", null)).Dispose();
        await webhooks.Bank.Database.ExecuteAsync(
            "UPDATE webhooks SET rotated_at = rotated_at - interval '24 hours' WHERE id = $1", webhook);
        (await customer.DepositAsync(account, 1m)).Dispose();
        await receiver.TakeAsync(2);

        receiver.Requests[0].Signature.ShouldMatch("^v1,[A-Za-z0-9+/]{43}= v1,[A-Za-z0-9+/]{43}=$");
        receiver.Requests[1].Signature.ShouldMatch("^v1,[A-Za-z0-9+/]{43}=$");
    }

    [Fact]
    public async Task Data_is_the_item_of_the_history_with_account_id()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var (customer, account, _, _) = await webhooks.OpenAsync(receiver, 100m);
        var other = await customer.OpenAccountAsync();
        (await customer.PostAsync(
            "/transactions/transfer",
            $$"""{"from": {{account}}, "to": {{other}}, "amount": 10.5, "reference": "Größe 8 – 日本"}"""))
            .EnsureSuccessStatusCode().Dispose();
        (await customer.WithdrawAsync(account, 5m)).EnsureSuccessStatusCode().Dispose();

        var requests = await receiver.TakeAsync(2);

        var history = await customer.HistoryAsync(account);
        var prefix = "{" + $"\"account_id\":{account},";
        requests.Select(request => request.Data.GetRawText())
            .ShouldBe(history[1..].Select(item => prefix + item.GetRawText()[1..]));
        var body = JsonDocument.Parse(requests[0].Body).RootElement;
        body.Names().ShouldBe(["type", "timestamp", "data"]);
        body.GetProperty("type").GetString().ShouldBe("transaction.posted");
        body.GetProperty("timestamp").GetString().ShouldBe(history[1].GetProperty("created_at").GetString());
        requests[0].Id.ShouldBe($"msg_{account}_2");
        requests[0].Target.ShouldBe("POST /webhooks?of=bank");
        requests[0].Headers.ShouldBe(["Content-Length", "Content-Type", "Host", "User-Agent"]);
        DateTimeOffset.FromUnixTimeSeconds(long.Parse(requests[0].Timestamp, CultureInfo.InvariantCulture))
            .ShouldBe(DateTimeOffset.UtcNow, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Batches_and_bulks_deliver_each_transaction()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var (customer, account, _, _) = await webhooks.OpenAsync(receiver, 10m);
        var other = await customer.OpenAccountAsync();

        (await customer.PostBatchAsync([(account, other, 1m), (other, account, 0.5m), (account, other, 1m)]))
            .EnsureSuccessStatusCode().Dispose();
        (await customer.BulkAsync(
            [new { from = account, to = other, amount = 1 }, new { from = account, to = other, amount = 2 }]))
            .EnsureSuccessStatusCode().Dispose();

        (await receiver.TakeAsync(5)).Select(request => request.Sequence).ShouldBe([2, 3, 4, 5, 6]);
    }

    [Fact]
    public async Task Failed_transaction_is_tried_again_before_the_next()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = (context, request) =>
        {
            context.Response.StatusCode = request.Index switch { 0 => 302, 1 => 500, _ => 200 };
            context.Response.Headers.Location = receiver.Address + "/elsewhere";
            return context.Response.WriteAsync("a secret of the receiver's");
        };
        var (customer, account, webhook, _) = await webhooks.OpenAsync(receiver);
        await Burst.OfAsync(3, _ => customer.DepositAsync(account, 1m));

        var failed = await FailedAsync(
            customer, account, "The receiver answered 302. Redirects are not followed.");
        await webhooks.PassTimeAsync(webhook);
        await FailedAsync(customer, account, "The receiver answered 500.");
        await webhooks.PassTimeAsync(webhook);
        await receiver.TakeAsync(5);

        failed.Names().ShouldBe(["id", "url", "sequence", "created_at", "next_attempt_at", "error"]);
        failed.GetProperty("sequence").GetInt64().ShouldBe(0);
        (failed.GetProperty("next_attempt_at").GetDateTimeOffset() - DateTimeOffset.UtcNow)
            .ShouldBeLessThan(TimeSpan.FromSeconds(5.5));
        receiver.Sequences.ShouldBe([1, 1, 1, 2, 3]);
        receiver.Requests[..3].Select(request => request.Id).Distinct().ShouldHaveSingleItem();
        receiver.Requests.ShouldAllBe(request => request.Target.EndsWith("/webhooks?of=bank"));
        await Eventually.TrueAsync(
            async () => !(await customer.WebhookAsync(account)).TryGetProperty("error", out _),
            "the error is forgotten");
    }

    [Fact]
    public async Task Refused_connection_is_reported_without_an_address()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var (customer, account, webhook, _) = await webhooks.OpenAsync(receiver);
        await receiver.StopAsync();
        (await customer.DepositAsync(account, 1m)).Dispose();

        await FailedAsync(customer, account, "The connection was refused.");

        await receiver.RestartAsync();
        await webhooks.PassTimeAsync(webhook);
        (await receiver.TakeAsync(1)).Single().Sequence.ShouldBe(1);
    }

    [Fact]
    public async Task Retry_After_makes_the_delay_longer()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = (context, _) =>
        {
            context.Response.StatusCode = 429;
            context.Response.Headers.RetryAfter = "3600";
            return Task.CompletedTask;
        };
        var (customer, account, _, _) = await webhooks.OpenAsync(receiver);
        (await customer.DepositAsync(account, 1m)).Dispose();

        (await FailedAsync(customer, account, "The receiver answered 429."))
            .GetProperty("next_attempt_at").GetDateTimeOffset()
            .ShouldBe(DateTimeOffset.UtcNow.AddHours(1), TimeSpan.FromMinutes(1));
    }

    [Theory]
    [InlineData(410, 0)]
    [InlineData(503, 9)]
    public async Task Webhook_that_is_gone_or_failed_ten_times_is_disabled(int status, int attempts)
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.AnswerWith(status);
        var (customer, account, webhook, _) = await webhooks.OpenAsync(receiver);
        await webhooks.Bank.Database.ExecuteAsync(
            "UPDATE webhooks SET attempts = $2 WHERE id = $1", webhook, attempts);
        (await customer.DepositAsync(account, 1m)).Dispose();

        await Eventually.TrueAsync(
            async () => (await customer.WebhookAsync(account)).TryGetProperty("disabled_at", out _),
            "it is disabled");
        var disabled = await customer.WebhookAsync(account);
        (await customer.DepositAsync(account, 1m)).Dispose();
        using var replayed = await customer.ReplayAsync(webhook, 0);

        disabled.Names().ShouldBe(["id", "url", "sequence", "created_at", "error", "disabled_at"]);
        disabled.GetProperty("error").GetString().ShouldBe($"The receiver answered {status}.");
        replayed.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await replayed.JsonAsync()).Names().ShouldBe(["id", "url", "sequence", "created_at"]);
        await receiver.TakeAsync(3);
        receiver.Sequences.ShouldBe([1, 1, 2]);
    }

    [Fact]
    public async Task Replay_begins_after_any_transaction()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var customer = await webhooks.Bank.RegisterAsync();
        var account = await customer.OpenAccountAsync(1m);
        await Burst.OfAsync(49, _ => customer.DepositAsync(account, 1m));
        var (webhook, _) = await customer.CreateWebhookAsync(account, receiver.Url);

        using var all = await customer.ReplayAsync(webhook, 0);
        await receiver.TakeAsync(50);
        using var last = await customer.ReplayAsync(webhook, 47);
        await receiver.TakeAsync(53);
        (await customer.DepositAsync(account, 1m)).Dispose();
        await receiver.TakeAsync(54);

        (await all.JsonAsync()).GetProperty("sequence").GetInt64().ShouldBe(0);
        receiver.Sequences.ShouldBe(
            [.. Enumerable.Range(1, 50).Select(number => (long)number), 48, 49, 50, 51]);
        receiver.Requests[47].Id.ShouldBe(receiver.Requests[50].Id);
        receiver.Requests[47].Body.ShouldBe(receiver.Requests[50].Body);
    }

    [Fact]
    public async Task Replay_during_a_delivery_begins_again()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var (customer, account, webhook, _) = await webhooks.OpenAsync(receiver);
        var proceed = new TaskCompletionSource();
        receiver.Answer = async (context, request) =>
        {
            if (request.Sequence == 3)
                await proceed.Task;

            context.Response.StatusCode = 200;
        };
        await Burst.OfAsync(5, _ => customer.DepositAsync(account, 1m));
        await receiver.TakeAsync(3);

        (await customer.ReplayAsync(webhook, 0)).EnsureSuccessStatusCode().Dispose();
        proceed.SetResult();

        await Eventually.TrueAsync(
            () => receiver.Sequences.Count(number => number == 1) == 2, "it is replayed");
        await Eventually.TrueAsync(() => receiver.Sequences[^1] == 5, "all are delivered");
        receiver.Sequences[receiver.Sequences.LastIndexOf(1)..].ShouldBe([1, 2, 3, 4, 5]);
        receiver.MaxInFlight.ShouldBe(1);
    }

    [Fact]
    public async Task Nothing_is_sent_after_a_deletion()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var (customer, account, webhook, _) = await webhooks.OpenAsync(receiver);
        (await customer.DepositAsync(account, 1m)).Dispose();
        await receiver.TakeAsync(1);
        await using var other = await WebhookReceiver.StartAsync();
        await customer.CreateWebhookAsync(account, other.Url);

        using var deleted = await customer.Http.DeleteAsync($"/webhooks/{webhook}");
        (await customer.DepositAsync(account, 1m)).Dispose();

        deleted.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await other.TakeAsync(1);
        receiver.Requests.Length.ShouldBeLessThanOrEqualTo(2);
        (await customer.DepositAsync(account, 1m)).Dispose();
        await other.TakeAsync(2);
        receiver.Sequences.ShouldNotContain(3);
    }

    [Fact]
    public async Task Receiver_that_does_not_answer_delays_only_itself()
    {
        await using var dead = await WebhookReceiver.StartAsync();
        await using var alive = await WebhookReceiver.StartAsync();
        var proceed = new TaskCompletionSource();
        dead.Answer = (_, _) => proceed.Task;
        var (customer, account, _, _) = await webhooks.OpenAsync(dead);
        await customer.CreateWebhookAsync(account, alive.Url);

        await Burst.OfAsync(20, _ => customer.DepositAsync(account, 1m));

        await alive.TakeAsync(20);
        dead.Requests.Length.ShouldBe(1);
        proceed.SetResult();
        await dead.TakeAsync(20);
    }

    [Fact]
    public async Task Deleted_user_and_closed_account_are_told_what_was_posted()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var (customer, account, webhook, _) = await webhooks.OpenAsync(receiver, 1m);
        (await customer.WithdrawAsync(account, 1m)).Dispose();
        (await customer.Http.DeleteAsync($"/accounts/{account}")).EnsureSuccessStatusCode().Dispose();

        await receiver.TakeAsync(1);
        (await customer.ReplayAsync(webhook, 0)).EnsureSuccessStatusCode().Dispose();
        await receiver.TakeAsync(3);
        (await customer.Http.DeleteAsync("/auth/me")).EnsureSuccessStatusCode().Dispose();

        receiver.Sequences.ShouldBe([2, 1, 2]);
        (await webhooks.Bank.Database.ScalarAsync<long>(
            "SELECT count(*) FROM webhooks WHERE id = $1", webhook)).ShouldBe(0);
    }

    /// <summary>
    /// Waits for a line. The receiver may have been killed before it answered, and gets the same again.
    /// </summary>
    static async Task ReceivesAsync(Process receiver, string line)
    {
        string? received;

        do
            received = await receiver.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromMinutes(1));
        while (received is not null && received != line);

        received.ShouldBe(line);
    }

    static async Task<bool> AnswersAsync(int port)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    [GeneratedRegex("```js\n(?<code>.*?)```", RegexOptions.Singleline)]
    static partial Regex Example { get; }

    /// <summary>The webhook, once it failed for this reason.</summary>
    static async Task<JsonElement> FailedAsync(Customer customer, long account, string error)
    {
        JsonElement webhook = default;
        await Eventually.TrueAsync(
            async () =>
            {
                webhook = await customer.WebhookAsync(account);
                return webhook.TryGetProperty("error", out var found) && found.ValueEquals(error);
            },
            error);

        return webhook;
    }
}
