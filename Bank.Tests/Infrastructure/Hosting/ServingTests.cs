using System.Net;
using Bank.Tests.Harness;

namespace Bank.Tests.Infrastructure.Hosting;

/// <summary>The API as a process: how it starts and how it stops.</summary>
public sealed class ServingTests(BankServer bank)
{
    [Fact]
    public async Task Processes_that_start_at_once_on_an_empty_database_all_serve_and_stop_when_told()
    {
        await using var own = await OwnDatabase.CreateAsync(bank);

        var processes = await BankProcess.StartAsync(3, own.ConnectionString);

        await using (processes[0])
        await using (processes[1])
        await using (processes[2])
        {
            var customer = await Customer.RegisterAsync(processes[0].Address);
            var account = await customer.OpenAccountAsync(100m);

            foreach (var process in processes)
            {
                using var http = new HttpClient { BaseAddress = process.Address };
                using var ready = await http.GetAsync("/health/ready");
                ready.StatusCode.ShouldBe(HttpStatusCode.OK);
                using var withdrawal = await customer.At(process.Address).WithdrawAsync(account, 1m);
                withdrawal.StatusCode.ShouldBe(HttpStatusCode.Created);
            }

            await new RecordedLedger(own.Database).ShouldHoldAsync(account);
            var codes = await Task.WhenAll(processes.Select(process => process.StopAsync()));
            codes.ShouldBe([0, 0, 0]);
        }
    }

    [Fact]
    public async Task A_process_that_is_told_to_stop_answers_what_it_has_accepted()
    {
        await using var own = await OwnDatabase.CreateAsync(bank);
        await using var process = await BankProcess.StartAsync(own.ConnectionString);
        var customer = await Customer.RegisterAsync(process.Address);
        var account = await customer.OpenAccountAsync(1000m);

        var requests = Enumerable.Range(0, 100).Select(_ => customer.WithdrawAsync(account, 1m)).ToArray();
        await Task.WhenAny(requests);
        var code = await process.StopAsync();
        await Burst.SettleAsync(requests);

        code.ShouldBe(0);
        var answered = requests.Count(request =>
            request.IsCompletedSuccessfully && request.Result.StatusCode == HttpStatusCode.Created);
        var ledger = new RecordedLedger(own.Database);
        (await ledger.SumAsync(account)).ShouldBe(1000m - answered);
        await ledger.ShouldHoldAsync(account);
    }

    [Theory]
    [InlineData("Passwords:WorkFactor=3", "PasswordOptions", "WorkFactor", "between 4 and 31")]
    [InlineData("Database:CommitTimeout=00:00:00", "DatabaseOptions", "CommitTimeout", "between 00:00:01")]
    [InlineData("GroupCommit:LargestBatch=many", "'many' at 'GroupCommit:LargestBatch'", "'System.Int32'")]
    [InlineData("Proxies:0=10.0.0.0/99", "Proxies:0", "'10.0.0.0/99'")]
    public async Task A_process_with_a_wrong_setting_says_in_a_line_which_it_is(
        string setting, params string[] words)
    {
        var failure = await Should.ThrowAsync<InvalidOperationException>(
            () => BankProcess.StartAsync(bank.ConnectionString, setting));

        var lines = failure.Message.Split('\n');
        lines[0].ShouldContain("exit code 1 ");
        var line = lines[1..].ShouldHaveSingleItem();
        words.ShouldAllBe(word => line.Contains(word));
    }

    [Fact]
    public async Task A_process_with_several_wrong_settings_has_a_line_for_each_section()
    {
        var failure = await Should.ThrowAsync<InvalidOperationException>(() => BankProcess.StartAsync(
            bank.ConnectionString, "Passwords:MinimumLength=0", "Limits:RequestsPerUser=-1"));

        var lines = failure.Message.Split('\n')[1..];
        lines.Length.ShouldBe(2);
        lines.ShouldContain(line => line.Contains("MinimumLength"));
        lines.ShouldContain(line => line.Contains("RequestsPerUser"));
    }

    [Fact]
    public async Task A_process_without_a_database_says_in_words_what_it_needs()
    {
        var failure = await Should.ThrowAsync<InvalidOperationException>(() => BankProcess.StartAsync(""));

        failure.Message.ShouldContain("exit code 1 ");
        failure.Message.ShouldContain("Bank needs a PostgreSQL");
        failure.Message.ShouldNotContain("Exception");
    }
}
