using System.Diagnostics;
using System.Text.RegularExpressions;
using Bank.Tests.Harness;

namespace Bank.Tests;

/// <summary>What the README and bank.http tell a newcomer to send, sent.</summary>
[Trait("Speed", "Slow")]
public sealed partial class TourTests(BankServer server)
{
    [Fact]
    public async Task README_tour_prints_what_it_shows_and_is_repeatable()
    {
        await using var bank = await IsolatedBank.StartAsync(server, "Passwords:MinimumLength=1");
        var readme = SourceTree.Read("README.md");
        var tour = Block(readme, "sh").Replace("bank=localhost:8000", $"bank={bank.Address.Authority}");

        var first = await RunAsync(tour);
        var second = await RunAsync(tour);

        Changing.Replace(first, "\"…\"").Split('\n').ShouldBe(Block(readme, "json").Split('\n'));
        second.ShouldNotContain("\"code\"");
        second.Split('\n')[..3].ShouldBe(first.Split('\n')[..3]);
        Regex.Count(second.Trim().Split('\n')[^1], "\"sequence\"").ShouldBe(4);
    }

    [Fact]
    public async Task README_second_tour_prints_what_it_shows_and_is_repeatable()
    {
        await using var bank = await IsolatedBank.StartAsync(server, "Passwords:MinimumLength=1");
        var readme = SourceTree.Read("README.md");
        var tour = Block(readme, "sh").Replace("bank=localhost:8000", $"bank={bank.Address.Authority}");
        var rest = $"{tour.Split('\n')[0]}\n{Block(readme, "sh", 1)}";

        await RunAsync(tour);
        var first = await RunAsync(rest);
        var second = await RunAsync(rest);

        Changing.Replace(first, "\"…\"").Split('\n').ShouldBe(Block(readme, "json", 1).Split('\n'));
        second.ShouldContain("\"balance\":906.50,\"available\":906.50");
    }

    [Fact]
    public async Task Requests_of_bank_http_succeed_and_are_repeatable()
    {
        await using var bank = await IsolatedBank.StartAsync(server, "Passwords:MinimumLength=1");
        using var http = bank.Anonymous();

        for (var time = 0; time < 2; time++)
        {
            var file = HttpFile.Read(SourceTree.Read("bank.http").Replace("http://localhost:8000", ""));
            await file.SendAsync(http);
            file.Sent.ShouldBe(16);
        }

        (await bank.Ledger.SumAsync(1)).ShouldBe(2 * (1000m - 10.5m));
    }

    static string Block(string document, string language, int index = 0) =>
        Regex.Matches(document, $"^```{language}\n(.*?)```", RegexOptions.Singleline | RegexOptions.Multiline)
            [index].Groups[1].Value;

    static async Task<string> RunAsync(string script)
    {
        var start = new ProcessStartInfo("bash", ["-euc", script])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var bash = Process.Start(start)!;
        var progress = bash.StandardError.ReadToEndAsync();
        var output = await bash.StandardOutput.ReadToEndAsync();
        await bash.WaitForExitAsync();
        bash.ExitCode.ShouldBe(0, await progress);

        return output;
    }

    /// <summary>The keys, the ids of transactions and the times, which are others each time.</summary>
    [GeneratedRegex("\"bank_\\w+\"|\"[0-9a-f]{8}-[0-9a-f-]{27}\"|\"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.+]+\"")]
    static partial Regex Changing { get; }
}
