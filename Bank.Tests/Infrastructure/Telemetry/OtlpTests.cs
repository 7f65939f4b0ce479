using Bank.Tests.Harness;

namespace Bank.Tests.Infrastructure.Telemetry;

/// <summary>The traces and metrics that the API exports.</summary>
[Trait("Speed", "Slow")]
public sealed class OtlpTests(BankServer server)
{
    [Fact]
    public async Task OTLP_export_uses_standard_names_and_names_no_customer()
    {
        await using var collector = await Collector.StartAsync();
        await using var bank = await IsolatedBank.StartAsync(
            server, [.. collector.Settings, "OTEL_SERVICE_NAME=a-bank"]);
        var customer = await bank.RegisterAsync();
        var account = await customer.OpenAccountAsync(100m);
        (await customer.Http.GetAsync($"/users/{customer.Username}")).EnsureSuccessStatusCode().Dispose();

        await ShouldSendAsync(collector, "metrics", "http.server.request.duration");
        await ShouldSendAsync(collector, "metrics", "db.client.operation.duration");
        await ShouldSendAsync(collector, "metrics", "bank.ledger.commands");
        await ShouldSendAsync(collector, "metrics", "bank.auth.sign_ins");
        await ShouldSendAsync(collector, "metrics", "a-bank");
        await ShouldSendAsync(collector, "traces", "GET /users/{username}");
        await ShouldSendAsync(collector, "traces", "POST /transactions/deposit");
        await ShouldSendAsync(collector, "traces", "bank.batch.size");
        await ShouldSendAsync(collector, "traces", "db.query.text");
        var sent = collector.Of("traces") + collector.Of("metrics");
        sent.ShouldNotContain(customer.Username);
        sent.ShouldNotContain(Customer.Password);
        sent.ShouldNotContain("$2a$");
    }

    [Fact]
    public async Task Variables_of_one_signal_are_used_as_they_are()
    {
        await using var collector = await Collector.StartAsync();
        await using var bank = await IsolatedBank.StartAsync(
            server, [
                $"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT={collector.Address}/spans",
                "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=http/protobuf",
                $"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT={collector.Address}/meters",
                "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL=http/protobuf", .. Collector.Intervals,
            ]);

        await bank.RegisterAsync();

        await Eventually.TrueAsync(
            () => collector.Paths is ["/meters", "/spans"], "each signal is sent to its own endpoint");
    }

    static Task ShouldSendAsync(Collector collector, string signal, string text) => Eventually.TrueAsync(
        () => collector.Of(signal).Contains(text, StringComparison.Ordinal), $"{text} is sent");
}
