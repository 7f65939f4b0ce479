using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Bank.Tests.Harness;

namespace Bank.Tests.Infrastructure.Telemetry;

/// <summary>
/// The dashboard and the alerts that come with Bank, compared with the metrics of a running API.
/// </summary>
public sealed partial class MonitoringTests(MonitoredBank bank) : IClassFixture<MonitoredBank>
{
    /// <summary>Series and labels that Prometheus itself adds.</summary>
    static readonly string[] ByPrometheus = ["up", "job", "instance"];

    static readonly string Alerts = SourceTree.Read("docs/monitoring/alerts.yml");

    static readonly string[] Dashboard =
    [
        .. JsonDocument.Parse(SourceTree.Read("docs/monitoring/dashboard.json")).RootElement
            .GetProperty("panels").EnumerateArray()
            .SelectMany(panel => panel.GetProperty("targets").EnumerateArray())
            .Select(target => target.GetProperty("expr").GetString()!),
    ];

    [Fact]
    public async Task Dashboard_and_alerts_use_only_existing_metrics_and_labels()
    {
        string[] expressions =
            [.. Dashboard, .. Rule.Matches(Alerts).Select(rule => rule.Groups["expr"].Value)];
        expressions.Length.ShouldBeGreaterThan(35);
        string[] metrics = [.. expressions.SelectMany(PromQl.Metrics).Distinct()];
        metrics.Length.ShouldBeGreaterThan(20);
        string[] labels = [.. expressions.SelectMany(PromQl.Labels).Distinct()];
        labels.Length.ShouldBeGreaterThan(8);

        await UseAsync();
        var scrape = await bank.ScrapeAsync();

        metrics.Except(ByPrometheus).Except(scrape.Names).ShouldBeEmpty();
        labels.Except(ByPrometheus).Where(label => !scrape.Text.Contains($"{label}=\"")).ShouldBeEmpty();
    }

    [Fact]
    public void Every_alert_is_explained_in_running_md()
    {
        var alerts = Alert.Matches(Alerts).Select(alert => alert.Groups[1].Value).ToArray();
        alerts.Length.ShouldBeGreaterThan(5);

        AlertRow.Matches(SourceTree.Read("docs/running.md")).Select(row => row.Groups[1].Value)
            .ShouldBe(alerts);
    }

    [Theory]
    [InlineData("check", "config", "prometheus.yml")]
    [InlineData("test", "rules", "alerts.test.yml")]
    public async Task Prometheus_accepts_the_configuration_and_the_alert_tests(
        string verb, string what, string file)
    {
        var start = new ProcessStartInfo("promtool", [verb, what, file])
        {
            WorkingDirectory = Path.Combine(SourceTree.Root, "docs/monitoring"),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var promtool = StartOrSkip(start);

        var output = await promtool.StandardOutput.ReadToEndAsync()
            + await promtool.StandardError.ReadToEndAsync();
        await promtool.WaitForExitAsync();

        promtool.ExitCode.ShouldBe(0, output);
    }

    static Process StartOrSkip(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("promtool, which comes with Prometheus, is not on this machine.");
            throw;
        }
    }

    async Task UseAsync()
    {
        var customer = await bank.Bank.RegisterAsync();
        var account = await customer.OpenAccountAsync(10m);
        await customer.CreateWebhookAsync(account, "https://no-such-host.invalid/");
        (await customer.WithdrawAsync(account, 1m)).Dispose();
        (await customer.WithdrawAsync(account, 100m, "key")).Dispose();
        (await customer.WithdrawAsync(account, 100m, "key")).Dispose();
        await Eventually.TrueAsync(
            async () => (await bank.ScrapeAsync()).Names.Contains("bank_webhooks_attempts_total"),
            "the webhook is tried");
    }

    [GeneratedRegex(@"expr: (?:\|\s+)?(?<expr>.*?)\n +(?:for|labels):", RegexOptions.Singleline)]
    static partial Regex Rule { get; }

    [GeneratedRegex(@"alert: (\w+)")]
    static partial Regex Alert { get; }

    [GeneratedRegex(@"^\| `(Bank\w+)` \|", RegexOptions.Multiline)]
    static partial Regex AlertRow { get; }
}
