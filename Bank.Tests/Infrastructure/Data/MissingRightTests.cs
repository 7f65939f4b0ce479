using Bank.Infrastructure.Configuration;
using Bank.Infrastructure.Connections;
using Bank.Tests.Harness;
using Npgsql;

namespace Bank.Tests.Infrastructure.Data;

/// <summary>A right that is missing is named by the statement that grants it.</summary>
[Trait("Speed", "Slow")]
public sealed class MissingRightTests(BankServer bank)
{
    /// <summary>
    /// What is revoked of a database that a superuser created. OWNER and DATABASE stand for the test's own.
    /// </summary>
    [Theory]
    [InlineData("GRANT ALL ON DATABASE DATABASE TO OWNER", "GRANT USAGE, CREATE ON SCHEMA public TO OWNER")]
    [InlineData("REVOKE ALL ON SCHEMA public FROM PUBLIC", "GRANT USAGE, CREATE ON SCHEMA public TO OWNER")]
    [InlineData("GRANT ALL ON SCHEMA public TO OWNER; REVOKE ALL ON DATABASE DATABASE FROM PUBLIC",
        "GRANT CONNECT ON DATABASE DATABASE TO OWNER")]
    [InlineData("GRANT ALL ON SCHEMA public TO OWNER; REVOKE ALL ON DATABASE DATABASE FROM PUBLIC; "
        + "GRANT CONNECT ON DATABASE DATABASE TO OWNER", "GRANT CONNECT ON DATABASE DATABASE TO bank_api")]
    [InlineData("GRANT ALL ON SCHEMA public TO OWNER; REVOKE ALL ON SCHEMA public FROM PUBLIC",
        "GRANT USAGE ON SCHEMA public TO bank_api")]
    [InlineData("GRANT ALL ON SCHEMA public TO OWNER; "
        + "REVOKE EXECUTE ON FUNCTION pg_terminate_backend FROM PUBLIC",
        "GRANT EXECUTE ON FUNCTION pg_terminate_backend TO bank_api")]
    [InlineData("GRANT ALL ON SCHEMA public TO OWNER; REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC",
        "GRANT USAGE ON LANGUAGE plpgsql TO OWNER")]
    public async Task Start_ends_with_the_GRANT_that_lets_it_pass(string sql, string grant)
    {
        await using var own = await IsolatedDatabase.CreateAsync(bank);
        var settings = new NpgsqlConnectionStringBuilder(own.ConnectionString) { Pooling = false };
        var (owner, database) = ($"owner_{Names.New()}", settings.Database);
        await own.Database.ExecuteAsync($"CREATE ROLE {owner} LOGIN PASSWORD '{Customer.Password}'");
        await own.Database.ExecuteAsync(Named(sql));
        (settings.Username, settings.Password) = (owner, Customer.Password);

        var refusal = await Should.ThrowAsync<StartupException>(PrepareAsync);
        refusal.Message.ShouldContain(Named(grant));
        refusal.Message.ShouldNotContain("\n");

        // Where the owner lacks a right that it could grant, the API's role lacks it as well.
        await own.Database.ExecuteAsync(Named(
            $"{grant}; GRANT USAGE ON SCHEMA public TO bank_api; "
            + "GRANT CONNECT ON DATABASE DATABASE TO bank_api"));
        await PrepareAsync();

        string Named(string text) =>
            text.Replace("OWNER", owner).Replace("DATABASE DATABASE", $"DATABASE {database}");

        async Task PrepareAsync()
        {
            await using var startup = new Startup(
                ApiConnection.Of(own.ConnectionString), settings.ConnectionString);
            await startup.PrepareAsync();
        }
    }

    [Fact]
    public async Task Owner_of_a_schema_outside_its_path_is_told_to_name_it()
    {
        await using var own = await IsolatedDatabase.CreateAsync(bank);
        var owner = $"owner_{Names.New()}";
        await own.Database.ExecuteAsync(
            $"""
            CREATE ROLE {owner} LOGIN PASSWORD '{Customer.Password}';
            CREATE SCHEMA ledger AUTHORIZATION {owner};
            REVOKE ALL ON SCHEMA public FROM PUBLIC;
            """);
        await using var startup = StartAs(owner, own);

        var refusal = await Should.ThrowAsync<StartupException>(startup.PrepareAsync);

        refusal.Message.ShouldContain("name the one that it owns by Search Path=ledger in the connection");
    }

    [Fact]
    public async Task Owner_of_other_tables_is_named()
    {
        await using var own = await IsolatedDatabase.CreateMigratedAsync(bank);
        var role = $"weak_{Names.New()}";
        await own.Database.ExecuteAsync(
            $"""
            CREATE ROLE {role} LOGIN PASSWORD '{Customer.Password}';
            GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role};
            DELETE FROM "VersionInfo" WHERE "Version" = 202611250010;
            """);
        await using var startup = StartAs(role, own);

        var refusal = await Should.ThrowAsync<StartupException>(startup.PrepareAsync);

        refusal.Message.ShouldContain("the tables in the schema public belong to ");
        refusal.Message.ShouldContain($" TO {role}. Or name the owner of the tables in ");
    }

    /// <summary>None of these limits ends a start that waits for another instance.</summary>
    [Theory]
    [InlineData("statement_timeout = '100ms'")]
    [InlineData("lock_timeout = '100ms'")]
    [InlineData("idle_session_timeout = '100ms'")]
    [InlineData("idle_in_transaction_session_timeout = '100ms'")]
    public async Task Limits_of_the_database_end_no_start(string limit)
    {
        await using var own = await IsolatedDatabase.CreateAsync(bank);
        var settings = new NpgsqlConnectionStringBuilder(own.ConnectionString) { Pooling = false };
        await using var other = new NpgsqlConnection(settings.ConnectionString);
        await other.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT pg_advisory_lock(1111576139)", other);
        await command.ExecuteNonQueryAsync();
        await own.Database.ExecuteAsync($"ALTER DATABASE {settings.Database} SET {limit}");
        await using var startup = new Startup(own);

        var starting = startup.PrepareAsync();
        await Eventually.TrueAsync(
            () => startup.LogText.Contains("which migrates the same schema"), "it waits for its turn");
        starting.IsCompleted.ShouldBeFalse();
        await other.CloseAsync();

        await starting;
    }

    [Fact]
    public async Task Full_server_is_awaited_and_then_named_in_one_line()
    {
        await using var own = await IsolatedDatabase.CreateAsync(bank);
        var role = $"full_{Names.New()}";
        await own.Database.ExecuteAsync(
            $"""
            CREATE ROLE {role} LOGIN PASSWORD '{Customer.Password}' CONNECTION LIMIT 0;
            GRANT CREATE ON SCHEMA public TO {role};
            """);
        var owner = new NpgsqlConnectionStringBuilder(own.ConnectionString)
        {
            Username = role,
            Password = Customer.Password,
            Pooling = false,
        }.ConnectionString;
        await using var impatient = new Startup(
            ApiConnection.Of(owner), owner, new DatabaseOptions { StartTimeout = TimeSpan.FromSeconds(0.5) });
        await using var patient = new Startup(ApiConnection.Of(owner), owner);

        var refusal = await Should.ThrowAsync<StartupException>(impatient.PrepareAsync);
        var starting = patient.PrepareAsync();
        await Eventually.TrueAsync(
            () => patient.LogText.Contains("The database is away: 53300"), "it waits for a connection");
        await own.Database.ExecuteAsync($"ALTER ROLE {role} CONNECTION LIMIT 5");
        await starting;

        refusal.Message.ShouldContain("has no connection left");
        refusal.Message.ShouldContain("53300");
    }

    /// <summary>A start whose migrations run as this role.</summary>
    static Startup StartAs(string owner, IsolatedDatabase own) => new(
        ApiConnection.Of(own.ConnectionString),
        new NpgsqlConnectionStringBuilder(own.ConnectionString)
        {
            Username = owner,
            Password = Customer.Password,
            Pooling = false,
        }.ConnectionString);
}
