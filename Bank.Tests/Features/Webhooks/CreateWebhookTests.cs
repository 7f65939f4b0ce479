using System.Net;
using System.Net.Http.Json;
using Bank.Tests.Harness;

namespace Bank.Tests.Features.Webhooks;

public sealed class CreateWebhookTests(BankServer bank)
{
    const string Url = "https://ledger.example/webhooks";

    [Fact]
    public async Task Webhook_begins_after_the_last_transaction_and_shows_its_secret()
    {
        var (customer, accounts) = await bank.RegisterAsync(1m);

        using var created = await CreateAsync(customer, accounts[0], Url);
        var webhook = await created.JsonAsync();

        created.StatusCode.ShouldBe(HttpStatusCode.Created);
        created.Headers.Location!.ToString().ShouldBe($"/webhooks/{webhook.GetProperty("id")}");
        webhook.Names().ShouldBe(["id", "url", "secret", "sequence", "created_at"]);
        webhook.GetProperty("url").GetString().ShouldBe(Url);
        webhook.GetProperty("sequence").GetInt64().ShouldBe(1);
        webhook.GetProperty("created_at").ShouldBeUtcNow();
        var secret = webhook.GetProperty("secret").GetString()!;
        secret.ShouldStartWith("whsec_");
        Convert.FromBase64String(secret["whsec_".Length..]).Length.ShouldBe(32);
    }

    [Fact]
    public async Task Secrets_differ_and_are_not_stored()
    {
        var (customer, accounts) = await bank.RegisterAsync(0m);

        var (one, first) = await customer.CreateWebhookAsync(accounts[0], Url);
        var (_, second) = await customer.CreateWebhookAsync(accounts[0], Url);
        var row = await bank.Database.ScalarAsync<string>(
            "SELECT webhooks::text FROM webhooks WHERE id = $1", one);

        second.ShouldNotBe(first);
        row.ShouldNotContain(first["whsec_".Length..]);
    }

    [Theory]
    [InlineData(null, "is required")]
    [InlineData("", "is required")]
    [InlineData("ledger.example/webhooks", "must be an https:// address")]
    [InlineData("/webhooks", "must be an https:// address")]
    [InlineData("http://ledger.example/", "must be an https:// address")]
    [InlineData("ftp://ledger.example/", "must be an https:// address")]
    [InlineData("file:///etc/passwd", "must be an https:// address")]
    [InlineData("https://", "must be an https:// address")]
    [InlineData("https://ledger.example/a b", "must be an https:// address")]
    [InlineData("https://ledger.example/a\r\nHost: b", "must be an https:// address")]
    [InlineData("https://u:p@ledger.example/", "must not contain a user name, a password or a fragment")]
    [InlineData("https://ledger.example/#f", "must not contain a user name, a password or a fragment")]
    [InlineData("https://127.0.0.1/", "must not be an address that is not public")]
    [InlineData("https://169.254.169.254/latest", "must not be an address that is not public")]
    [InlineData("https://2130706433/", "must not be an address that is not public")]
    [InlineData("https://0177.0.0.1/", "must not be an address that is not public")]
    [InlineData("https://0x7f.1/", "must not be an address that is not public")]
    [InlineData("https://[::1]/", "must not be an address that is not public")]
    [InlineData("https://[::ffff:10.0.0.1]/", "must not be an address that is not public")]
    [InlineData("https://[fd00::1]/", "must not be an address that is not public")]
    public async Task Address_that_cannot_be_used_is_refused(string? url, string reason)
    {
        var (customer, accounts) = await bank.RegisterAsync(0m);

        using var refused = await CreateAsync(customer, accounts[0], url);

        await refused.ShouldRefuseFieldAsync("url", reason);
    }

    [Fact]
    public async Task Address_has_at_most_2048_characters()
    {
        var (customer, accounts) = await bank.RegisterAsync(0m);
        var longest = Url + "?" + new string('a', 2048 - Url.Length - 1);

        using var refused = await CreateAsync(customer, accounts[0], longest + "a");
        using var created = await CreateAsync(customer, accounts[0], longest);

        await refused.ShouldRefuseFieldAsync("url", "must be 1 to 2048 characters long");
        created.StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Webhooks_beyond_the_limit_are_refused_also_concurrently()
    {
        var (customer, accounts) = await bank.RegisterAsync(0m);

        var responses = await Burst.OfAsync(14, _ => CreateAsync(customer, accounts[0], Url));

        responses.Count(response => response.IsSuccessStatusCode).ShouldBe(10);
        await responses.ShouldOtherwiseBeAsync(HttpStatusCode.BadRequest, "webhook_limit_reached");
        var first = await responses.First(one => one.IsSuccessStatusCode).JsonAsync();
        (await customer.Http.DeleteAsync($"/webhooks/{first.GetProperty("id")}")).Dispose();
        using var again = await CreateAsync(customer, accounts[0], Url);
        again.StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Accounts_of_others_and_unknown_ones_are_not_found()
    {
        var (_, accounts) = await bank.RegisterAsync(0m);
        var stranger = await bank.RegisterAsync();

        foreach (var account in new[] { accounts[0], long.MaxValue })
        {
            using var created = await CreateAsync(stranger, account, Url);
            using var listed = await stranger.Http.GetAsync($"/accounts/{account}/webhooks");

            await created.ShouldBeProblemAsync(HttpStatusCode.NotFound, "account_not_found");
            await listed.ShouldBeProblemAsync(HttpStatusCode.NotFound, "account_not_found");
        }
    }

    [Fact]
    public async Task Webhooks_of_others_and_unknown_ones_are_not_found()
    {
        var (owner, accounts) = await bank.RegisterAsync(0m);
        var (theirs, _) = await owner.CreateWebhookAsync(accounts[0], Url);
        var stranger = await bank.RegisterAsync();

        foreach (var webhook in new[] { theirs, long.MaxValue })
        {
            using var deleted = await stranger.Http.DeleteAsync($"/webhooks/{webhook}");
            using var rotated = await stranger.Http.PostAsync($"/webhooks/{webhook}/secret", null);
            using var replayed = await stranger.ReplayAsync(webhook, 0);

            await deleted.ShouldBeProblemAsync(HttpStatusCode.NotFound, "webhook_not_found");
            await rotated.ShouldBeProblemAsync(HttpStatusCode.NotFound, "webhook_not_found");
            await replayed.ShouldBeProblemAsync(HttpStatusCode.NotFound, "webhook_not_found");
        }

        (await owner.WebhookAsync(accounts[0])).GetProperty("id").GetInt64().ShouldBe(theirs);
    }

    [Fact]
    public async Task Read_only_key_lists_webhooks_and_changes_none()
    {
        var (customer, accounts) = await bank.RegisterAsync(0m);
        var (webhook, _) = await customer.CreateWebhookAsync(accounts[0], Url);
        var reader = customer.WithKey((await customer.CreateKeyAsync("read")).Text);

        using var created = await CreateAsync(reader, accounts[0], Url);
        using var deleted = await reader.Http.DeleteAsync($"/webhooks/{webhook}");
        using var rotated = await reader.Http.PostAsync($"/webhooks/{webhook}/secret", null);
        using var replayed = await reader.ReplayAsync(webhook, 0);

        foreach (var refused in new[] { created, deleted, rotated, replayed })
            await refused.ShouldBeProblemAsync(HttpStatusCode.Forbidden, "key_is_read_only");

        (await reader.WebhookAsync(accounts[0])).GetProperty("id").GetInt64().ShouldBe(webhook);
    }

    [Fact]
    public async Task Replay_after_a_transaction_that_is_not_there_is_refused()
    {
        var (customer, accounts) = await bank.RegisterAsync(1m);
        var (webhook, _) = await customer.CreateWebhookAsync(accounts[0], Url);

        using var negative = await customer.ReplayAsync(webhook, -1);
        using var beyond = await customer.ReplayAsync(webhook, 2);
        using var missing = await customer.PostAsync($"/webhooks/{webhook}/replay", "{}");
        using var last = await customer.ReplayAsync(webhook, 1);

        await negative.ShouldRefuseFieldAsync("after", "must not be negative");
        await beyond.ShouldRefuseFieldAsync("after", "is past the account's last transaction");
        await missing.ShouldRefuseFieldAsync("after", "is required");
        last.StatusCode.ShouldBe(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task Rotation_returns_another_secret_and_the_end_of_the_previous_one()
    {
        var (customer, accounts) = await bank.RegisterAsync(0m);
        var (webhook, secret) = await customer.CreateWebhookAsync(accounts[0], Url);

        using var response = await customer.Http.PostAsync($"/webhooks/{webhook}/secret", null);
        var rotated = await response.JsonAsync();

        rotated.Names().ShouldBe(["id", "secret", "previous_until"]);
        rotated.GetProperty("secret").GetString().ShouldNotBe(secret);
        rotated.GetProperty("previous_until").GetDateTimeOffset()
            .ShouldBe(DateTimeOffset.UtcNow.AddDays(1), TimeSpan.FromMinutes(5));
    }

    [Fact]
    public async Task List_has_the_newest_webhook_first_and_no_secret()
    {
        var (customer, accounts) = await bank.RegisterAsync(0m);
        var (first, _) = await customer.CreateWebhookAsync(accounts[0], Url);
        var (second, _) = await customer.CreateWebhookAsync(accounts[0], Url);

        using var response = await customer.Http.GetAsync($"/accounts/{accounts[0]}/webhooks");
        var listed = await response.JsonAsync();

        listed.EnumerateArray().Select(webhook => webhook.GetProperty("id").GetInt64())
            .ShouldBe([second, first]);
        listed[0].Names().ShouldBe(["id", "url", "sequence", "created_at"]);
    }

    [Fact]
    public async Task Closed_account_can_have_a_webhook()
    {
        var (customer, accounts) = await bank.RegisterAsync(0m);
        (await customer.Http.DeleteAsync($"/accounts/{accounts[0]}")).EnsureSuccessStatusCode().Dispose();

        using var created = await CreateAsync(customer, accounts[0], Url);

        created.StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    static Task<HttpResponseMessage> CreateAsync(Customer customer, long account, string? url) =>
        customer.Http.PostAsJsonAsync($"/accounts/{account}/webhooks", new { url });
}
