using System.Data;
using System.Reflection;
using System.Text.RegularExpressions;
using Bank.Infrastructure.Data;
using Bank.Tests.Harness;
using Npgsql;
using NpgsqlTypes;

namespace Bank.Tests.Infrastructure.Data;

/// <summary>Every call of <see cref="BankDb"/> in the sources, compared with the SQL that it runs.</summary>
public sealed partial class BankDbTests(BankServer bank)
{
    static readonly Type[] Types = typeof(Program).Assembly.GetTypes();

    static readonly QueryCall[] Calls =
    [
        .. SourceTree.Files("Features", "Infrastructure").SelectMany(
            file => Call.Matches(SourceTree.Read(file)),
            (file, call) => new QueryCall(
                file, call.Groups["method"].Value, call.Groups["row"].Value,
                SqlOf(Path.GetFileNameWithoutExtension(file), call.Groups["sql"].Value))),
    ];

    [Fact]
    public async Task Every_column_has_a_member()
    {
        var calls = Calls.Where(call => Types.Any(type => type.Name == call.Row)).ToArray();
        calls.Length.ShouldBeGreaterThan(15);

        foreach (var call in calls)
        {
            var members = Types.Single(type => type.Name == call.Row).GetProperties()
                .Select(member => member.Name);
            var columns = await ColumnsAsync(call.Sql);

            columns.ShouldNotBeEmpty(call.File);
            columns.Except(members, new ColumnNames()).ShouldBeEmpty(call.File);
        }
    }

    [Fact]
    public void SQL_that_changes_something_is_run_as_a_change()
    {
        Calls.Count(call => Change.IsMatch(call.Sql)).ShouldBeGreaterThan(10);

        Calls.Where(call => Change.IsMatch(call.Sql) && !call.Method.Contains("Change"))
            .Select(call => $"{call.File}: {call.Method}").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("created_at", "CreatedAt", true)]
    [InlineData("id", "Id", true)]
    [InlineData("created_at", "Created", false)]
    public void Column_names_ignore_case_and_underscores(string column, string member, bool isSame)
    {
        var names = new ColumnNames();

        names.Equals(column, member).ShouldBe(isSame);
        (names.Compare(column, member) == 0).ShouldBe(isSame);
        (names.GetHashCode(column) == names.GetHashCode(member)).ShouldBe(isSame);
    }

    /// <summary>The columns that PostgreSQL describes, without running the query.</summary>
    async Task<string[]> ColumnsAsync(string sql)
    {
        await using var command = bank.Database.CreateCommand(sql);

        foreach (var name in Parameter.Matches(sql).Select(match => match.Groups["name"].Value).Distinct())
            command.Parameters.Add(new NpgsqlParameter(name, TypeOf(name, sql)) { Value = DBNull.Value });

        await using var reader = await command.ExecuteReaderAsync(CommandBehavior.SchemaOnly);

        return [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetName)];
    }

    /// <summary>PostgreSQL infers every type but that of an array without a cast.</summary>
    static NpgsqlDbType TypeOf(string name, string sql) =>
        !Regex.IsMatch(sql, $@"unnest\([^)]*@{name}[,)]|\(@{name}\)\[") ? NpgsqlDbType.Unknown
        : NpgsqlDbType.Array | name switch
        {
            "keys" or "fingerprints" or "references" or "traceIds" or "passwordHashes" or "hashes" =>
                NpgsqlDbType.Text,
            "areDisabled" or "areReleased" => NpgsqlDbType.Boolean,
            "holds" or "originals" => NpgsqlDbType.Uuid,
            "ids" when !sql.Contains("@userIds") && !sql.Contains("webhooks") => NpgsqlDbType.Uuid,
            _ => NpgsqlDbType.Bigint,
        };

    static string SqlOf(string type, string constant) =>
        (string)Types.Single(candidate => candidate.Name == type)
        .GetField(constant, BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public)!
        .GetRawConstantValue()!;

    sealed record QueryCall(string File, string Method, string Row, string Sql);

    [GeneratedRegex(
        @"\.(?<method>Query|QuerySingleOrDefault|QueryScalar|Change|ChangeScalar|ExecuteChange)Async"
        + @"(?:<(?<row>\w+)\??>)?\(\s*(?<sql>\w*Sql)\b")]
    static partial Regex Call { get; }

    [GeneratedRegex(@"(?<![\w@])@(?<name>\w+)")]
    static partial Regex Parameter { get; }

    [GeneratedRegex(@"\b(INSERT INTO|UPDATE \w+( AS \w+)?\s+SET|DELETE FROM)\b")]
    static partial Regex Change { get; }
}
