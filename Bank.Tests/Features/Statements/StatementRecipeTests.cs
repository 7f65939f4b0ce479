using System.Globalization;
using System.Text.RegularExpressions;
using Bank.Tests.Harness;

namespace Bank.Tests.Features.Statements;

/// <summary>The recipes of docs/statements.md, as they stand there, lead to the closing balance.</summary>
[Trait("Speed", "Slow")]
public sealed class StatementRecipeTests(StatementFiles statements) : IClassFixture<StatementFiles>
{
    public static TheoryData<int> Lengths => [0, 3, 3000];

    [Theory]
    [MemberData(nameof(Lengths))]
    public async Task Hledger_imports_a_statement_by_the_documented_rules(int length)
    {
        var (csv, rules) = await FilesAsync(length);

        var balance = await InstalledProgram.RunAsync(
            "hledger", "-f", csv, "--rules-file", rules, "balance", "assets:bank", "--no-total", "--empty");

        balance.Trim().ShouldBe(length == 0 ? "" : $"{Balance(length)}  assets:bank");
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public async Task Ledger_reads_the_journal_that_hledger_prints(int length)
    {
        var (csv, rules) = await FilesAsync(length);
        var printed = await InstalledProgram.RunAsync("hledger", "-f", csv, "--rules-file", rules, "print");
        var journal = await statements.WriteAsync($"{Guid.NewGuid():N}.journal", printed);

        var balance = await InstalledProgram.RunAsync("ledger", "-f", journal, "balance", "assets:bank");

        // Ledger omits zeros at the end of a number without a currency.
        balance.Trim().ShouldBe(length == 0 ? "" : $"{Balance(length).TrimEnd('0')}  assets:bank");
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public async Task Beancount_checks_what_the_documented_script_writes(int length)
    {
        var csv = await statements.SaveAsync(length, "csv");
        var script = await statements.WriteAsync("to_beancount.py", Recipe("python"));
        var written = await InstalledProgram.RunAsync("python3", script, csv);
        var journal = await statements.WriteAsync(
            $"{Guid.NewGuid():N}.beancount",
            $"{written}\n2999-01-01 balance Assets:Bank  {Balance(length)} XXX\n");

        await InstalledProgram.RunAsync("bean-check", journal);
    }

    async Task<(string Csv, string Rules)> FilesAsync(int length) => (
        await statements.SaveAsync(length, "csv"),
        await statements.WriteAsync($"{Guid.NewGuid():N}.rules", Recipe("rules")));

    static string Balance(int length) =>
        StatementFiles.BalanceOf(length).ToString("F2", CultureInfo.InvariantCulture);

    /// <summary>The document's only block of code in a language.</summary>
    static string Recipe(string language) => Regex.Matches(
            SourceTree.Read("docs/statements.md"), $"^```{language}\n(?<code>.*?)^```$",
            RegexOptions.Multiline | RegexOptions.Singleline)
        .ShouldHaveSingleItem().Groups["code"].Value;
}
