using System.Globalization;
using Bank.Tests.Harness;
using Bank.Tests.Infrastructure.OpenApi;

namespace Bank.Tests.Features.Statements;

/// <summary>Programs that others wrote read statements, each to the same closing balance.</summary>
[Trait("Speed", "Slow")]
public sealed class StatementReaderTests(StatementFiles statements) : IClassFixture<StatementFiles>
{
    /// <summary>The schema, which belongs to ISO 20022 and is not a part of this repository.</summary>
    static readonly string? Schema = Environment.GetEnvironmentVariable("BANK_CAMT_SCHEMA");

    public static TheoryData<int> Lengths => [0, 3, 3000];

    [Theory]
    [MemberData(nameof(Lengths))]
    public async Task Camt_statement_is_valid_by_the_schema_of_ISO_20022(int length)
    {
        Assert.SkipWhen(Schema is null, "BANK_CAMT_SCHEMA names no camt.053.001.08.xsd of ISO 20022.");
        var file = await statements.SaveAsync(length, "camt");

        await InstalledProgram.RunAsync("xmllint", "--noout", "--schema", Schema!, file);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public async Task AqBanking_reads_a_camt_statement(int length) =>
        await ShouldReadWithAqBankingAsync(length, "camt", "xml", "camt_053_001_04");

    [Theory]
    [MemberData(nameof(Lengths))]
    public async Task AqBanking_reads_an_OFX_statement(int length) =>
        await ShouldReadWithAqBankingAsync(length, "ofx", "ofx", "default");

    [Theory]
    [MemberData(nameof(Lengths))]
    public async Task LibOfx_as_in_GnuCash_reads_an_OFX_statement(int length)
    {
        var output = await InstalledProgram.RunAsync("ofxdump", await statements.SaveAsync(length, "ofx"));

        output.ShouldContain(Invariant($"Ledger balance: {StatementFiles.BalanceOf(length):F2}\n"));
        output.Split("ofx_proc_transaction():").Length.ShouldBe(length + 1);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public async Task Python_ofxparse_reads_an_OFX_statement(int length)
    {
        const string Script =
            """
            import sys
            try:
                import ofxparse
            except ImportError:
                print("missing")
                sys.exit()
            statement = ofxparse.OfxParser.parse(open(sys.argv[1], "rb")).account.statement
            print(statement.balance, len(statement.transactions))
            """;
        var python = File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3";

        var output = await InstalledProgram.RunAsync(
            python, "-W", "ignore", "-c", Script, await statements.SaveAsync(length, "ofx"));

        Assert.SkipWhen(output == "missing\n", "The Python package ofxparse is not installed.");
        output.ShouldBe(Invariant($"{StatementFiles.BalanceOf(length):F2} {length}\n"));
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public async Task JavaScript_packages_read_camt_and_OFX_statements(int length)
    {
        using var directory = await NodeDirectory.CreateAsync("Bank.Tests/Features/Statements/Readers");
        var balance = StatementFiles.BalanceOf(length);

        var camt = await directory.RunAsync("node", "camt.js", await statements.SaveAsync(length, "camt"));
        var ofx = await directory.RunAsync("node", "ofx.js", await statements.SaveAsync(length, "ofx"));

        camt.ShouldBe(Invariant($"{balance * 100:F0} {length}\n"));
        ofx.ShouldBe(Invariant($"{balance:F2} {length}\n"));
    }

    async Task ShouldReadWithAqBankingAsync(int length, string format, string importer, string profile)
    {
        var file = await statements.SaveAsync(length, format);
        await InstalledProgram.RunAsync(
            "aqbanking-cli", "import", $"--infile={file}", $"--ctxfile={file}.ctx", $"--importer={importer}",
            $"--profile={profile}");

        var read = (await File.ReadAllTextAsync($"{file}.ctx")).ReplaceLineEndings("\n").Split("} #");

        read.Count(part => part.StartsWith("transaction\n", StringComparison.Ordinal)).ShouldBe(length);
        read.Single(part => part.Contains("char type=\"booked\"")).ShouldContain(
            Invariant($"char value=\"{StatementFiles.BalanceOf(length) * 100:F0}%2F100%3AXXX\""));
    }

    static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
