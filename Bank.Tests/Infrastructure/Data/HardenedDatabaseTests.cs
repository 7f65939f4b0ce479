using System.Net;
using System.Text.RegularExpressions;
using Bank.Infrastructure.Verification;
using Bank.Tests.Harness;
using Npgsql;

namespace Bank.Tests.Infrastructure.Data;

/// <summary>Bank on a database that gives nothing to PUBLIC, as docs/running.md sets it up.</summary>
[Trait("Speed", "Slow")]
public sealed partial class HardenedDatabaseTests(BankServer bank)
{
    [Fact]
    public async Task Documented_steps_set_up_a_bank_that_serves_and_verifies()
    {
        var name = $"own_{Names.New()}";
        var section = Section.Match(SourceTree.Read("docs/running.md")).Value;
        var steps = Block.Matches(section).Select(block => Own(block.Groups["text"].Value, name)).ToArray();
        steps.Length.ShouldBe(5);
        var superuser = new NpgsqlConnectionStringBuilder(bank.ConnectionString) { Pooling = false };

        try
        {
            await RunAsync(superuser.ConnectionString, steps[0]);
            superuser.Database = name;
            await RunAsync(superuser.ConnectionString, steps[1]);
            var (owner, api) = (Connection(steps[2], "Owner"), Connection(steps[2], "Bank"));
            await ShouldServeAsync(api, owner);
            await RunAsync(superuser.ConnectionString, steps[4]);
            await ShouldServeAsync(Second(api, "the password of the second API"), Second(
                owner, "the password of the second owner"));
        }
        finally
        {
            await bank.Database.ExecuteAsync($"DROP DATABASE IF EXISTS {name} WITH (FORCE)");
            await bank.Database.ExecuteAsync(
                $"DROP ROLE IF EXISTS {name}_bank_owner, {name}_bank_api, "
                + $"{name}_second_owner, {name}_second_api");
        }

        string Connection(string text, string role)
        {
            var server = new NpgsqlConnectionStringBuilder(bank.ConnectionString);

            return new NpgsqlConnectionStringBuilder(ConnectionString.Matches(text)
                .Single(match => match.Groups["role"].Value == role).Groups["text"].Value)
            {
                Host = server.Host,
                Port = server.Port,
                Password = role == "Owner" ? "the password of the owner" : "the password of the API",
            }.ConnectionString;
        }
    }

    static async Task ShouldServeAsync(string api, string owner)
    {
        await using var process = await BankProcess.StartAsync(api, owner, []);
        var customer = await Customer.RegisterAsync(process.Address);
        await customer.OpenAccountAsync(10m);
        using var ready = await customer.Http.GetAsync("/health/ready");
        var output = new StringWriter();

        ready.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await LedgerVerifier.RunAsync(api, output)).ShouldBe(0, output.ToString());
        output.ToString().ShouldContain("1 transactions of 1 accounts");
    }

    /// <summary>The same connection for the second Bank in the database.</summary>
    static string Second(string connectionString, string password)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            SearchPath = "second",
            Password = password,
        };
        settings.Username = settings.Username!.Replace("_bank_", "_second_", StringComparison.Ordinal);

        return settings.ConnectionString;
    }

    /// <summary>
    /// The documented database and roles, which the whole server shares, get the test's names.
    /// </summary>
    static string Own(string text, string name) => Role.Replace(text, $"{name}_$0")
        .Replace("ledgers", name, StringComparison.Ordinal);

    /// <summary>Runs statements one by one, as psql does.</summary>
    static async Task RunAsync(string connectionString, string statements)
    {
        await using var database = NpgsqlDataSource.Create(connectionString);

        foreach (var statement in statements.Split(';', StringSplitOptions.TrimEntries))
        {
            if (statement.Length > 0)
                await database.ExecuteAsync(statement);
        }
    }

    [GeneratedRegex(@"^## A hardened database$.*?(?=^## )", RegexOptions.Multiline | RegexOptions.Singleline)]
    static partial Regex Section { get; }

    [GeneratedRegex(@"^```\w*\n(?<text>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    static partial Regex Block { get; }

    [GeneratedRegex(@"ConnectionStrings__(?<role>\w+)='(?<text>[^']+)'")]
    static partial Regex ConnectionString { get; }

    [GeneratedRegex(@"\b(bank|second)_(owner|api)\b")]
    static partial Regex Role { get; }
}
