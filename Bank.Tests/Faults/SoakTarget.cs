using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Net.Sockets;
using Bank.Infrastructure.Connections;
using Bank.Infrastructure.Data;
using Bank.Infrastructure.Verification;
using Bank.Migrations;
using Bank.Tests.Harness;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Bank.Tests.Faults;

/// <summary>
/// Two APIs, one of them behind two proxies, on a pair of servers. Any part may fail, and some clients
/// misbehave.
/// </summary>
sealed class SoakTarget : IAsyncDisposable
{
    /// <summary>Without limits per user, which the few customers of a soak would hit.</summary>
    static readonly string[] Settings =
    [
        "Database:CommitTimeout=00:00:04", "Limits:RequestsPerUser=0", "GroupCommit:CommandsPerUser=0",
        "Proxies:0=127.0.0.1",
    ];

    /// <summary>
    /// Settings that an administrator may give a database. Each would break a client that relies on defaults.
    /// </summary>
    static readonly string[] ForeignSettings =
    [
        "synchronous_commit = off", "default_transaction_isolation = 'serializable'",
        "default_transaction_read_only = on", "statement_timeout = 1", "lock_timeout = 1",
        "idle_session_timeout = 50", "idle_in_transaction_session_timeout = 1", "search_path = 'nowhere'",
        "DateStyle = 'SQL, DMY'", "IntervalStyle = 'sql_standard'", "TimeZone = 'Asia/Kathmandu'",
        "bytea_output = 'escape'", "extra_float_digits = -15", "plan_cache_mode = 'force_custom_plan'",
        "enable_indexscan = off", "row_security = off", "check_function_bodies = off",
    ];

    static readonly string[] LockedTables =
        ["accounts", "holds", "users", "idempotency_keys", "transactions"];

    readonly SoakServers servers;
    readonly BankProcess[] apis;
    readonly ProxyChain proxies;
    readonly Uri[] addresses;
    readonly List<NpgsqlDataSource> sources = [];
    readonly List<IDisposable> readers = [];
    readonly List<string> outputs = [];
    readonly (string Kind, int Weight, Func<SimulatedCustomers, Random, Task> Fail)[] kinds;
    readonly ConcurrentDictionary<string, int> faults = new();

    SoakTarget(SoakServers servers, BankProcess[] apis, ProxyChain proxies)
    {
        this.servers = servers;
        this.apis = apis;
        this.proxies = proxies;
        addresses = [.. apis.Select(api => api.Address)];
        kinds =
        [
            ("failovers from a killed primary", 2, (_, _) => servers.FailOverFromKilledAsync()),
            ("failovers from a frozen primary", 2, (_, _) => servers.FailOverFromFrozenAsync()),
            ("crashes of the primary", 2, (_, _) => servers.CrashAsync()),
            ("crashes of the standby", 2, (_, _) => servers.CrashStandbyAsync()),
            ("kills of an API", 3, (_, random) => KillApiAsync(random.Next(apis.Length))),
            ("absences", 8, (_, random) => DisconnectDatabaseAsync(random)),
            ("locked rows", 10, LockAsync),
            ("floods of connections", 4, (_, random) => FloodAsync(random)),
            ("changes of a password in a loop", 4, (_, random) => ChangePasswordsAsync(random)),
            ("guesses of passwords", 4, GuessAsync),
            ("clocks set back", 10, SetClockBackAsync),
            ("changed settings", 8, ChangeSettingAsync),
            ("ended idle sessions", 5, (_, random) =>
                servers.EndIdleSessionsAsync(Milliseconds(random, 1500))),
            ("migrations beside a report", 3, (_, random) => MigrateAsync(random.NextDouble() * 1.5)),
            ("slow readers", 8, ReadSlowlyAsync),
            ("stalls", 14, (_, random) => servers.Line.StallForAsync(Milliseconds(random, 300))),
            ("lost answers", 14, (_, random) => servers.Line.DropResponsesForAsync(Milliseconds(random, 50))),
            ("cuts before the end", 20, (_, _) => servers.Line.CutOnceAsync(CutPoint.BeforeReady)),
            ("cuts after a request", 15, (_, _) => servers.Line.CutOnceAsync(CutPoint.AfterRequest)),
        ];
    }

    /// <summary>The ledger on the current primary.</summary>
    public RecordedLedger Ledger
    {
        get
        {
            sources.Add(NpgsqlDataSource.Create(servers.Primary));
            return new RecordedLedger(sources[^1]);
        }
    }

    /// <summary>The addresses of the APIs, and of the proxies. They stay the same after a restart.</summary>
    public Uri[] Apis => [.. addresses, proxies.Address];

    /// <summary>The first errors in the logs of the APIs, which explain an unexpected reply.</summary>
    public string Errors => string.Join('\n', outputs.Concat(apis.Select(api => api.Output))
        .SelectMany(output => output.Split('\n'))
        .Where(line => line.StartsWith("fail:", StringComparison.Ordinal)).Take(20));

    /// <summary>The number of faults by kind.</summary>
    public string Faults => $"{faults.Values.Sum()} faults: "
        + string.Join(", ", faults.OrderBy(fault => fault.Key).Select(fault => $"{fault.Value} {fault.Key}"));

    public static async Task<SoakTarget> StartAsync()
    {
        var servers = await SoakServers.StartAsync();

        var apis = await BankProcess.StartAsync(2, servers.ConnectionString, Settings);

        return new SoakTarget(servers, apis, await ProxyChain.StartAsync(apis[1].Address));
    }

    /// <summary>
    /// Injects one fault and waits until it is over: first one of each kind, then random ones.
    /// </summary>
    public async Task FailAsync(SimulatedCustomers customers, Random random)
    {
        var (kind, _, fail) = faults.Count < kinds.Length ? kinds[faults.Count] : Choose(random);
        await fail(customers, random);
        faults.AddOrUpdate(kind, 1, (_, count) => count + 1);
    }

    /// <summary>Ends the slow readers, the only faults that outlast their injection.</summary>
    public Task HealAsync()
    {
        readers.ForEach(reader => reader.Dispose());
        readers.Clear();

        return Task.CompletedTask;
    }

    /// <summary>Verifies the whole ledger like the <c>verify</c> command and returns its output.</summary>
    public async Task<string> VerifyAsync()
    {
        await using var said = new StringWriter();
        var code = await LedgerVerifier.RunAsync(servers.Primary, said);
        code.ShouldBe(0, said.ToString());

        return said.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        await HealAsync();
        await proxies.DisposeAsync();

        foreach (var api in apis)
            await api.DisposeAsync();

        foreach (var source in sources)
            await source.DisposeAsync();

        await servers.DisposeAsync();
    }

    static TimeSpan Milliseconds(Random random, int most) => TimeSpan.FromMilliseconds(random.Next(most));

    (string Kind, int Weight, Func<SimulatedCustomers, Random, Task> Fail) Choose(Random random)
    {
        var chosen = random.Next(kinds.Sum(kind => kind.Weight));

        return kinds.First(kind => (chosen -= kind.Weight) < 0);
    }

    async Task KillApiAsync(int index)
    {
        apis[index].Kill();
        outputs.Add(apis[index].Output);
        await apis[index].DisposeAsync();
        apis[index] = await BankProcess.StartAsync(
            servers.ConnectionString, [.. Settings, HttpVersions.SettingOf(addresses[index])]);
    }

    async Task DisconnectDatabaseAsync(Random random)
    {
        servers.Line.StartOutage();
        await Task.Delay(Milliseconds(random, 1000));
        servers.Line.EndOutage();
    }

    /// <summary>Locks up to eight rows of any table that a money query touches.</summary>
    async Task LockAsync(SimulatedCustomers customers, Random random)
    {
        var table = LockedTables[random.Next(LockedTables.Length)];
        await using var database = NpgsqlDataSource.Create(servers.Primary);

        var rows = $"SELECT FROM {table} ORDER BY random() LIMIT {random.Next(1, 9)} FOR UPDATE SKIP LOCKED";

        await using (await LockedRows.LockAsync(database, rows))
            await Task.Delay(Milliseconds(random, 1500));
    }

    /// <summary>Opens connections to one API that send nothing.</summary>
    async Task FloodAsync(Random random)
    {
        var address = addresses[random.Next(addresses.Length)];
        var silent = new List<TcpClient>();

        try
        {
            for (var count = 0; count < 500; count++)
            {
                silent.Add(new TcpClient());
                await silent[^1].ConnectAsync(address.Host, address.Port);
            }

            await Task.Delay(Milliseconds(random, 1000));
        }
        finally
        {
            silent.ForEach(connection => connection.Dispose());
        }
    }

    /// <summary>One customer changes the password on 20 connections at once, again and again.</summary>
    async Task ChangePasswordsAsync(Random random)
    {
        var changer = await Customer.RegisterAsync(addresses[random.Next(addresses.Length)]);
        var until = DateTimeOffset.UtcNow + Milliseconds(random, 1500);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => ChangeAsync()));

        async Task ChangeAsync()
        {
            while (DateTimeOffset.UtcNow < until)
            {
                using var changed = await changer.Http.PutAsJsonAsync(
                    "/auth/password",
                    new { current_password = Customer.Password, new_password = Customer.Password });
            }
        }
    }

    /// <summary>
    /// A stranger guesses a customer's password, also at an instance that has just started.
    /// </summary>
    async Task GuessAsync(SimulatedCustomers customers, Random random)
    {
        var (customer, _) = customers.RandomAccount(random);
        using var http = HttpVersions.CreateClient(addresses[random.Next(addresses.Length)]);
        http.DefaultRequestHeaders.Add("X-Forwarded-For", $"203.0.113.{random.Next(1, 255)}");

        for (var guess = 0; guess < 12; guess++)
        {
            http.DefaultRequestHeaders.Authorization =
                Customer.Basic(customer.Username, $"a wrong password {random.NextInt64()}");
            using var refused = await http.GetAsync("/auth/me");
            refused.IsSuccessStatusCode.ShouldBeFalse();
        }
    }

    /// <summary>
    /// Leaves accounts ahead of the clock, by less than <c>verify</c> reports, as a clock does that is set
    /// back.
    /// </summary>
    async Task SetClockBackAsync(SimulatedCustomers customers, Random random)
    {
        await using var database = NpgsqlDataSource.Create(servers.Primary);
        await database.ExecuteAsync(
            "UPDATE accounts SET posted_at = greatest(posted_at, clock_timestamp() + $1) WHERE id = ANY ($2)",
            Milliseconds(random, 30_000), random.GetItems(customers.Accounts, random.Next(1, 8)));
    }

    /// <summary>
    /// Changes a setting of the database for a while. Sessions from before keep theirs, so that both kinds
    /// serve.
    /// </summary>
    async Task ChangeSettingAsync(SimulatedCustomers customers, Random random)
    {
        var setting = ForeignSettings[random.Next(ForeignSettings.Length)];
        await servers.AdministerAsync($"ALTER DATABASE {SoakServers.Name} SET {setting}");
        await servers.AdministerAsync(
            """
            SELECT pg_terminate_backend(pid)
            FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid() AND pid % 2 = 0
            """);
        await Task.Delay(Milliseconds(random, 1500));
        await servers.AdministerAsync($"ALTER DATABASE {SoakServers.Name} RESET ALL");
    }

    /// <summary>
    /// Runs a migration and a change that needs the whole table, while a report of so many seconds reads it.
    /// </summary>
    async Task MigrateAsync(double report)
    {
        await using var startup = new Startup(ApiConnection.Of(servers.Primary), servers.Primary);
        await using var database = NpgsqlDataSource.Create(servers.Primary);
        await startup.RevertAsync(database, new ValidateTextChecks());
        var reading = database.ExecuteAsync("SELECT pg_sleep($1), count(*) FROM idempotency_keys", report);
        await startup.PrepareAsync();
        await using var session = new NpgsqlConnection(servers.Primary);
        await session.OpenAsync();
        await startup.Services.GetRequiredService<LockWaits>().RunAsync(
            session, servers.Primary, "A change", blocksNobody: false,
            () => session.ScalarAsync<object>(
                "ALTER TABLE idempotency_keys ALTER COLUMN key SET NOT NULL", default),
            CancellationToken.None);
        await reading;
    }

    async Task ReadSlowlyAsync(SimulatedCustomers customers, Random random)
    {
        var (customer, account) = customers.RandomAccount(random);

        for (var reader = 0; reader < 10; reader++)
            readers.Add(await SlowReader.RequestAsync(
                Apis[random.Next(Apis.Length)], customer, account, requests: 50));
    }
}
