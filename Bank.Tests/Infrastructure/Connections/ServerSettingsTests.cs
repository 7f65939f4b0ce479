using Bank.Infrastructure.Connections;
using Bank.Infrastructure.DevelopmentDatabase;
using Bank.Tests.Harness;
using Npgsql;

namespace Bank.Tests.Infrastructure.Connections;

/// <summary>Settings of the whole server, on a server of the tests' own, also while the API serves.</summary>
[Trait("Speed", "Slow")]
public sealed class ServerSettingsTests : IAsyncLifetime
{
    readonly string directory = Directory.CreateTempSubdirectory("bank-settings-").FullName;
    readonly RecordedLog<SessionCheck> log = new();
    LocalPostgres server = null!;
    NpgsqlDataSource database = null!;

    public async ValueTask InitializeAsync()
    {
        server = await LocalPostgres.StartAsync(
            Path.Combine(directory, "pg"), "fsync=off", "full_page_writes=off", "data_sync_retry=on");
        database = NpgsqlDataSource.Create(server.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        await database.DisposeAsync();
        await server.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task Server_settings_are_reported_and_followed_while_the_API_serves()
    {
        await using var api = await BankProcess.StartAsync(server.ConnectionString);
        using var http = HttpVersions.CreateClient(api.Address);

        foreach (var expected in new[] { "fsync is off", "full_page_writes is off", "data_sync_retry is on" })
            await Eventually.TrueAsync(
                () => api.Output.Split('\n').Count(
                    line => line.Contains($"{expected} (source: command line)")) == 1,
                expected);

        await SetAsync("zero_damaged_pages", "on");
        await ShouldBecomeAsync(http, isReady: false);
        await Eventually.TrueAsync(
            async () =>
            {
                (await http.GetAsync("/health/ready")).Dispose();
                return api.Output.Split('\n').Any(line => line.Contains("Not ready: ")
                    && line.Contains("zero_damaged_pages is on (source: configuration file"));
            },
            "the log says why");

        await SetAsync("zero_damaged_pages", "off");
        await ShouldBecomeAsync(http, isReady: true);

        await SetAsync("default_transaction_read_only", "on");
        await ShouldBecomeAsync(http, isReady: false);
        await SetAsync("default_transaction_read_only", "off");
        await ShouldBecomeAsync(http, isReady: true);
    }

    [Fact]
    public async Task Open_sessions_stay_durable_after_a_reload()
    {
        var check = new SessionCheck(new DatabaseOptions(), TimeProvider.System, log);
        await using var pools = new ConnectionPools(server.ConnectionString, new DatabaseOptions(), check);
        await using var session = await pools.General.OpenConnectionAsync();
        (await check.RecheckAsync(session)).IsOutdated.ShouldBeFalse();

        await SetAsync("synchronous_commit", "off");
        await Eventually.TrueAsync(
            () => session.ScalarAsync<bool>(
                "SELECT reset_val = 'off' FROM pg_settings WHERE name = 'synchronous_commit'"),
            "the session has seen the reload");
        (await session.ScalarAsync<string>("SHOW synchronous_commit")).ShouldBe("on");
        (await check.RecheckAsync(session)).IsOutdated.ShouldBeFalse();

        await SetAsync("synchronous_commit", "remote_apply");
        await Eventually.TrueAsync(
            async () => (await check.RecheckAsync(session)).IsOutdated, "the session is replaced");
        await SetAsync("synchronous_standby_names", "nobody");
        await SetAsync("synchronous_commit", "local");
        await Eventually.TrueAsync(
            () => session.ScalarAsync<bool>(
                """
                SELECT bool_and(reset_val IN ('local', 'nobody'))
                FROM pg_settings
                WHERE name IN ('synchronous_commit', 'synchronous_standby_names')
                """),
            "the session has seen the reload");
        await using var other = await pools.General.OpenConnectionAsync();

        log.Lines.ShouldContain(line => line.Contains("synchronous_commit is local (source: configuration"));
        await SetAsync("synchronous_standby_names", "");
    }

    [Fact]
    public async Task Changed_version_of_the_collation_is_reported()
    {
        await database.ExecuteAsync(
            "UPDATE pg_database SET datcollversion = 'former' WHERE datname = current_database()");
        var check = new SessionCheck(new DatabaseOptions(), TimeProvider.System, log);
        await using var pools = new ConnectionPools(server.ConnectionString, new DatabaseOptions(), check);

        await using var session = await pools.General.OpenConnectionAsync();

        log.Lines.Count(line => line.Contains("collation version is former")).ShouldBe(1);
    }

    async Task SetAsync(string setting, string value)
    {
        await database.ExecuteAsync($"ALTER SYSTEM SET {setting} = '{value}'");
        await database.ExecuteAsync("SELECT pg_reload_conf()");
    }

    static Task ShouldBecomeAsync(HttpClient http, bool isReady) => Eventually.TrueAsync(
        async () =>
        {
            using var response = await http.GetAsync("/health/ready");
            return response.IsSuccessStatusCode == isReady;
        },
        $"ready: {isReady}");
}
