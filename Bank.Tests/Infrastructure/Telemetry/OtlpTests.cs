using Bank.Tests.Harness;

namespace Bank.Tests.Infrastructure.Telemetry;

/// <summary>What the API sends to a collector.</summary>
public sealed class OtlpTests(BankServer server)
{
    [Fact]
    public async Task OTLP_export_uses_standard_names_and_names_no_customer()
    {
        await using var collector = await Collector.StartAsync();
        await using var bank = await OwnBank.StartAsync(server, [.. collector.Settings, "OTEL_SERVICE_NAME=a-bank"]);
        var customer = await bank.RegisterAsync();
        var account = await customer.OpenAccountAsync(100m);
        (await customer.Http.GetAsync($"/users/{customer.Username}")).EnsureSuccessStatusCode().Dispose();

        await SentAsync(collector, "metrics", "http.server.request.duration");
        await SentAsync(collector, "metrics", "db.client.operation.duration");
        await SentAsync(collector, "metrics", "bank.ledger.commands");
        await SentAsync(collector, "metrics", "bank.auth.sign_ins");
        await SentAsync(collector, "metrics", "a-bank");
        await SentAsync(collector, "traces", "GET /users/{username}");
        await SentAsync(collector, "traces", "POST /transactions/deposit");
        await SentAsync(collector, "traces", "bank.batch.size");
        await SentAsync(collector, "traces", "db.query.text");
        var sent = collector.Of("traces") + collector.Of("metrics");
        sent.ShouldNotContain(customer.Username);
        sent.ShouldNotContain(Customer.Password);
        sent.ShouldNotContain("$2a$");
    }

    static Task SentAsync(Collector collector, string signal, string text) => Eventually.TrueAsync(
        () => collector.Of(signal).Contains(text, StringComparison.Ordinal), $"{text} is sent");
}
