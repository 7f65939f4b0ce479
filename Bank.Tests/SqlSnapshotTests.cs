using System.Reflection;
using System.Text.RegularExpressions;
using Bank.Infrastructure.Ledger;
using Bank.Tests.Harness;

namespace Bank.Tests;

/// <summary>
/// The assembled SQL of the money and history queries is in <c>docs/sql</c>, as it runs.
/// <c>BANK_UPDATE_SNAPSHOTS=1</c> writes the files instead of comparing them.
/// </summary>
public sealed partial class SqlSnapshotTests
{
    const string Folder = "docs/sql";

    static readonly string[] Features =
        [
        "Accounts", "Deposits", "Withdrawals", "Transfers", "Refunds", "Holds",
        "History", "Statements", "LiveHistory", "Webhooks",
    ];

    static readonly bool IsUpdate = Environment.GetEnvironmentVariable("BANK_UPDATE_SNAPSHOTS") == "1";

    /// <summary>Every text by the name of its file, such as <c>transfer.sql</c>.</summary>
    static readonly Dictionary<string, string> Texts = typeof(Program).Assembly.GetTypes()
        .Where(type => type == typeof(ExpireHoldsQuery)
            || Array.Exists(Features, feature => type.Namespace == $"Bank.Features.{feature}"))
        .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.NonPublic))
        .Where(field => field.IsLiteral && field.Name.EndsWith("Sql", StringComparison.Ordinal))
        .ToDictionary(FileOf, field => $"{((string)field.GetRawConstantValue()!).Trim()}\n");

    public static TheoryData<string> Files => [.. Texts.Keys];

    [Theory]
    [MemberData(nameof(Files))]
    public void Assembled_sql_equals_its_snapshot(string file)
    {
        var path = Path.Combine(SourceTree.Root, Folder, file);

        if (IsUpdate)
            File.WriteAllText(path, Texts[file]);

        File.Exists(path).ShouldBeTrue($"{Folder}/{file} is missing");
        File.ReadAllText(path).ShouldBe(Texts[file]);
    }

    [Fact]
    public void Every_SQL_snapshot_file_belongs_to_a_query()
    {
        var files = Directory.GetFiles(Path.Combine(SourceTree.Root, Folder), "*.sql")
            .Select(path => Path.GetFileName(path)).ToArray();
        files.Length.ShouldBeGreaterThan(8);

        files.Except(Texts.Keys).ShouldBeEmpty();
    }

    [Fact]
    public void Every_posting_query_begins_with_the_posting_tag()
    {
        var queries = typeof(Program).Assembly.GetTypes()
            .Where(type => type.IsClass && type.IsAssignableTo(typeof(IMoneyQuery))).ToArray();
        queries.Length.ShouldBeGreaterThanOrEqualTo(8);

        queries.Select(query => query.GetField("Sql", BindingFlags.Static | BindingFlags.NonPublic)!)
            .Select(field => (string)field.GetRawConstantValue()!)
            .ShouldAllBe(sql => sql.StartsWith(LedgerSql.PostingTag, StringComparison.Ordinal));
    }

    static string FileOf(FieldInfo field)
    {
        var query = field.DeclaringType!.Name.Replace("Query", "");
        var text = field.Name[..^"Sql".Length];

        return $"{Word.Replace(query + text, "-$0").TrimStart('-').ToLowerInvariant()}.sql";
    }

    [GeneratedRegex("[A-Z]")]
    static partial Regex Word { get; }
}
