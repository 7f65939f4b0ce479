using Bank.Infrastructure.Connections;
using Bank.Tests.Harness;
using Npgsql;
using static Bank.Infrastructure.Connections.SessionEffect;

namespace Bank.Tests.Infrastructure.Connections;

/// <summary>
/// Every setting of the table, given another value in every place that can: the session is what the API
/// needs, or it is refused or reported with the setting, its value and its source.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class SessionSettingsTests(BankServer bank) : IAsyncLifetime
{
    static readonly DatabaseOptions Options = new();
    static readonly IReadOnlyList<SessionSetting> Table = SessionSettings.All(Options);

    /// <summary>For each setting of a session, a value that the API cannot use.</summary>
    static readonly Dictionary<string, string> WrongValues = new()
    {
        ["default_transaction_isolation"] = "serializable",
        ["default_transaction_deferrable"] = "on",
        ["statement_timeout"] = "1",
        ["lock_timeout"] = "1",
        ["idle_in_transaction_session_timeout"] = "1",
        ["idle_session_timeout"] = "1",
        ["transaction_timeout"] = "1000",
        ["exit_on_error"] = "on",
        ["client_min_messages"] = "error",
        ["role"] = "pg_monitor",
        ["row_security"] = "off",
        ["client_encoding"] = "LATIN1",
        ["standard_conforming_strings"] = "off",
        ["backslash_quote"] = "on",
        ["array_nulls"] = "off",
        ["transform_null_equals"] = "on",
        ["quote_all_identifiers"] = "on",
        ["TimeZone"] = "Asia/Tokyo",
        ["DateStyle"] = "German",
        ["IntervalStyle"] = "iso_8601",
        ["bytea_output"] = "escape",
        ["extra_float_digits"] = "-5",
        ["check_function_bodies"] = "off",
        ["default_table_access_method"] = "heap2",
        ["plan_cache_mode"] = "force_custom_plan",
        ["jit"] = "on",
        [@"enable\_%"] = "off",
        ["from_collapse_limit"] = "1",
        ["join_collapse_limit"] = "1",
        ["geqo"] = "off",
        ["constraint_exclusion"] = "on",
        ["force_parallel_mode"] = "on",
        ["debug_parallel_query"] = "on",
        ["session_replication_role"] = "replica",
        ["zero_damaged_pages"] = "on",
        ["ignore_checksum_failure"] = "on",
        ["default_transaction_read_only"] = "on",
        ["synchronous_commit"] = "off",
    };

    /// <summary>Settings of the server and the database, which no session can have of its own.</summary>
    static readonly string[] OfServer =
        ["server_encoding", "fsync", "full_page_writes", "data_sync_retry", SessionSettings.CollationVersion];

    readonly string role = $"settings_{Names.New()}";
    readonly RecordedLog<SessionCheck> log = new();
    IsolatedDatabase own = null!;

    string Database => new NpgsqlConnectionStringBuilder(own.ConnectionString).Database!;

    string ConnectionString => new NpgsqlConnectionStringBuilder(own.ConnectionString)
    {
        Username = role,
        Password = Customer.Password,
        Pooling = false,
    }.ConnectionString;

    public async ValueTask InitializeAsync()
    {
        own = await IsolatedDatabase.CreateAsync(bank);
        await own.Database.ExecuteAsync("CREATE ACCESS METHOD heap2 TYPE TABLE HANDLER heap_tableam_handler");
        await bank.Database.ExecuteAsync(
            $"CREATE ROLE {role} LOGIN PASSWORD '{Customer.Password}' IN ROLE pg_monitor");
    }

    public async ValueTask DisposeAsync()
    {
        await own.DisposeAsync();
        await bank.Database.ExecuteAsync($"DROP ROLE {role}");
    }

    [Fact]
    public void Every_setting_of_the_table_is_tried() =>
        Table.Select(setting => setting.Name).Distinct()
            .ShouldBe([.. WrongValues.Keys, .. OfServer], ignoreOrder: true);

    [Fact]
    public async Task Sessions_have_the_value_that_the_table_says()
    {
        foreach (var place in SettingOverride.All)
        {
            foreach (var setting in Table.Where(setting => setting.Effect is Set))
                await TryAsync(place, setting, async () =>
                {
                    await using var pools = NewPools();
                    await using var serving = await pools.General.OpenConnectionAsync();
                    await using var money = await pools.Ledger.OpenConnectionAsync();

                    await ShouldHaveAsync(serving, setting, setting.Value);
                    await ShouldHaveAsync(
                        money, setting, setting.Name == "lock_timeout" ? "20" : setting.Value);

                    await using var migrating = await NewCheck().OpenMaintenanceAsync(
                        SessionSettings.ForMaintenance(ConnectionString), CancellationToken.None);
                    await ShouldHaveAsync(migrating, setting, setting.Maintenance);
                });
        }
    }

    [Fact]
    public async Task Sessions_with_an_unusable_setting_are_refused()
    {
        foreach (var place in SettingOverride.All)
        {
            foreach (var setting in Table.Where(
                setting => setting.Effect is Refused && WrongValues.ContainsKey(setting.Name)))
                await TryAsync(place, setting, async () =>
                {
                    await using var pools = NewPools();

                    var refusal = await Should.ThrowAsync<UnexpectedSessionException>(
                        async () => await pools.General.OpenConnectionAsync());
                    var migrating = await Should.ThrowAsync<UnexpectedSessionException>(
                        () => NewCheck().OpenMaintenanceAsync(ConnectionString, CancellationToken.None));

                    refusal.Message.ShouldContain(
                        $"{setting.Name} is {WrongValues[setting.Name]} ({place.Name}");
                    migrating.Message.ShouldBe(refusal.Message);
                });
        }
    }

    [Fact]
    public async Task Read_only_sessions_make_the_API_not_ready()
    {
        foreach (var place in SettingOverride.All)
        {
            var setting = Table.Single(setting => setting.Effect is NotReady);
            await TryAsync(place, setting, async () =>
            {
                await using var pools = NewPools();
                await using var session = await pools.General.OpenConnectionAsync();

                var (findings, isOutdated) = await NewCheck().RecheckAsync(session);

                isOutdated.ShouldBeTrue();
                findings.ShouldHaveSingleItem().ToString()
                    .ShouldStartWith($"default_transaction_read_only is on ({place.Name}");
            });
        }
    }

    [Fact]
    public async Task Commits_are_durable_whatever_synchronous_commit_says()
    {
        foreach (var place in SettingOverride.All)
        {
            var setting = Table.Single(setting => setting.Effect is Raised);
            await TryAsync(place, setting, async () =>
            {
                await using var pools = NewPools();
                await using var session = await pools.Ledger.OpenConnectionAsync();
                await using var other = await pools.Ledger.OpenConnectionAsync();

                (await session.ScalarAsync<string>("SHOW synchronous_commit")).ShouldBe("on");
                log.Lines.Count(line => line.StartsWith("Warning: ", StringComparison.Ordinal)
                    && line.Contains($"synchronous_commit is off ({place.Name}", StringComparison.Ordinal))
                    .ShouldBe(1);
            });
        }
    }

    [Theory]
    [InlineData("remote_apply")]
    [InlineData("remote_write")]
    [InlineData("local")]
    public async Task Other_values_of_synchronous_commit_are_kept(string value)
    {
        await bank.Database.ExecuteAsync($"ALTER ROLE {role} SET synchronous_commit = {value}");
        await using var pools = NewPools();

        await using var session = await pools.Ledger.OpenConnectionAsync();

        (await session.ScalarAsync<string>("SHOW synchronous_commit")).ShouldBe(value);
        log.Lines.ShouldBeEmpty();
    }

    [Fact]
    public async Task Connection_string_cannot_change_what_the_table_says()
    {
        var settings = Table
            .Where(setting => setting is { Effect: Set, IsSetLate: false })
            .Where(setting => setting.Name is not ("TimeZone" or "client_encoding"));
        var connection = new NpgsqlConnectionStringBuilder(ConnectionString)
        {
            Options = string.Join(' ', settings.Select(
                setting => $"-c {setting.Name}={WrongValues[setting.Name]}")),
            Timezone = "Asia/Tokyo",
            ClientEncoding = "LATIN1",
        };
        await using var pools = NewPools(connection.ConnectionString);

        await using var session = await pools.General.OpenConnectionAsync();

        foreach (var setting in Table.Where(setting => setting.Effect is Set))
            await ShouldHaveAsync(session, setting, setting.Value);
    }

    [Fact]
    public async Task Options_of_the_connection_string_are_kept_otherwise()
    {
        var connection = new NpgsqlConnectionStringBuilder(ConnectionString)
        {
            Options = "-c work_mem=1234kB",
        };
        await using var pools = NewPools(connection.ConnectionString);

        await using var session = await pools.General.OpenConnectionAsync();

        (await session.ScalarAsync<string>("SHOW work_mem")).ShouldBe("1234kB");
    }

    [Theory]
    [InlineData("SQL_ASCII")]
    [InlineData("LATIN1")]
    public async Task Database_in_another_encoding_is_refused(string encoding)
    {
        var name = $"own_{Names.New()}";
        await bank.Database.ExecuteAsync(
            $"CREATE DATABASE {name} ENCODING '{encoding}' LOCALE 'C' TEMPLATE template0");
        var connection = new NpgsqlConnectionStringBuilder(ConnectionString) { Database = name };
        await using (var pools = NewPools(connection.ConnectionString))
        {
            var refusal = await Should.ThrowAsync<UnexpectedSessionException>(
                async () => await pools.General.OpenConnectionAsync());

            refusal.Message.ShouldContain($"server_encoding is {encoding}");
            refusal.Message.ShouldContain("ENCODING 'UTF8' TEMPLATE template0");
        }

        await bank.Database.ExecuteAsync($"DROP DATABASE {name}");
    }

    [Fact]
    public void Documents_have_the_table_of_settings()
    {
        var document = SourceTree.Read("docs/running.md");

        var rows = Table.Select(RowOf).Where(row => !document.Contains(row, StringComparison.Ordinal));

        rows.ShouldBeEmpty("docs/running.md lacks these rows");
    }

    static string RowOf(SessionSetting setting)
    {
        var wrong = setting.Wrong is [] ? "" : $", not {string.Join(" or ", setting.Wrong.Select(Code))}";
        var beside = setting.Beside is null ? "" : $" beside {Code(setting.Beside)}";
        var effect = setting.Effect switch
        {
            Set => "set",
            Raised => "set, logged",
            Refused => "session refused",
            NotReady => "not ready",
            _ => "logged",
        };
        var migrating = setting.Maintenance == setting.Value || setting.Effect is not Set ? ""
            : setting.Maintenance == SessionSetting.Kept ? "kept" : Code(setting.Maintenance);

        return $"| {Code(setting.Name.Replace(@"\_%", "_*", StringComparison.Ordinal))} "
            + $"| {Code(setting.Value)}{wrong}{beside} | {migrating} | {effect} | {setting.Reason} |"
            .Replace("|  |", "| |", StringComparison.Ordinal);
    }

    static string Code(string text) => text.Contains('\'') || text == SessionSettings.CollationVersion
        || text == "its default" ? text : $"`{text}`";

    static async Task ShouldHaveAsync(NpgsqlConnection session, SessionSetting setting, string value)
    {
        var name = setting.Name == @"enable\_%" ? "enable_indexscan" : setting.Name;
        var expected = value == SessionSetting.Kept ? WrongValues[setting.Name] : value;

        if (setting.IsSetLate && value != SessionSetting.Kept)
            expected = await session.ScalarAsync<string>(
                "SELECT boot_val FROM pg_settings WHERE name = $1", default, name);

        var found = setting.Name == "role"
            ? await session.ScalarAsync<string>("SHOW role")
            : await session.ScalarAsync<string>(
                "SELECT setting FROM pg_settings WHERE name = $1", default, name);

        found.ShouldBe(expected, setting.Name);
    }

    /// <summary>Tries a setting with a wrong value in a place, if the server has the setting.</summary>
    async Task TryAsync(SettingOverride place, SessionSetting setting, Func<Task> test)
    {
        var name = setting.Name == @"enable\_%" ? "enable_indexscan" : setting.Name;

        if (name != "role" && !await bank.Database.ScalarAsync<bool>(
            "SELECT EXISTS (SELECT FROM pg_settings WHERE name = $1)", name))
            return;

        await bank.Database.ExecuteAsync(place.For(name, WrongValues[setting.Name], role, Database));

        try
        {
            await test();
        }
        catch (Exception failure)
        {
            throw new InvalidOperationException($"{name}, {place.Name}: {failure.Message}", failure);
        }
        finally
        {
            await bank.Database.ExecuteAsync(place.UndoFor(role, Database));
        }
    }

    SessionCheck NewCheck() => new(Options, TimeProvider.System, log);

    ConnectionPools NewPools(string? connectionString = null) =>
        new(connectionString ?? ConnectionString, Options, NewCheck());
}
