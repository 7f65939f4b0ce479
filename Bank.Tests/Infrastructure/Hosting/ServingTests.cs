using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Bank.Infrastructure.DevelopmentDatabase;
using Bank.Infrastructure.Hosting;
using Bank.Tests.Harness;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Bank.Tests.Infrastructure.Hosting;

/// <summary>The API as a process: how it starts and how it stops.</summary>
[Trait("Speed", "Slow")]
public sealed class ServingTests(BankServer bank)
{
    [Fact]
    public async Task Concurrent_starts_on_an_empty_database_all_serve_and_stop()
    {
        await using var own = await IsolatedDatabase.CreateAsync(bank);

        var processes = await BankProcess.StartAsync(3, own.ConnectionString);

        await using (processes[0])
        await using (processes[1])
        await using (processes[2])
        {
            var customer = await Customer.RegisterAsync(processes[0].Address);
            var account = await customer.OpenAccountAsync(100m);

            foreach (var process in processes)
            {
                using var http = HttpVersions.CreateClient(process.Address);
                using var ready = await http.GetAsync("/health/ready");
                ready.StatusCode.ShouldBe(HttpStatusCode.OK);
                using var withdrawal = await customer.At(process.Address).WithdrawAsync(account, 1m);
                withdrawal.StatusCode.ShouldBe(HttpStatusCode.Created);
            }

            await new RecordedLedger(own.Database).ShouldHoldAsync(account);
            var codes = await Task.WhenAll(processes.Select(process => process.StopAsync()));
            codes.ShouldBe([0, 0, 0]);
        }
    }

    [Fact]
    public async Task Shutdown_answers_every_accepted_withdrawal()
    {
        await using var own = await IsolatedDatabase.CreateAsync(bank);
        await using var process = await BankProcess.StartAsync(own.ConnectionString);
        var customer = await Customer.RegisterAsync(process.Address);
        var account = await customer.OpenAccountAsync(1000m);

        var requests = Enumerable.Range(0, 100).Select(_ => customer.WithdrawAsync(account, 1m)).ToArray();
        await Task.WhenAny(requests);
        var code = await process.StopAsync();
        await Burst.SettleAsync(requests);

        code.ShouldBe(0);
        var answered = requests.Count(request =>
            request.IsCompletedSuccessfully && request.Result.StatusCode == HttpStatusCode.Created);
        var ledger = new RecordedLedger(own.Database);
        (await ledger.SumAsync(account)).ShouldBe(1000m - answered);
        await ledger.ShouldHoldAsync(account);
    }

    [Theory]
    [InlineData("http://[::]:0", "http://localhost:")]
    [InlineData("http://+:0", "http://localhost:")]
    [InlineData("http://127.0.0.1:0", "http://127.0.0.1:")]
    public async Task Startup_log_shows_an_address_that_a_browser_can_open(string urls, string address)
    {
        await using var process = await BankProcess.StartAsync(bank.ConnectionString, $"urls={urls}");

        process.Output.ShouldContain("info: Bank[1]");
        process.Address.AbsoluteUri.ShouldStartWith(address);
        using var http = HttpVersions.CreateClient(process.Address);
        (await http.GetStringAsync("/health")).ShouldBe("""{"ok":true}""");
    }

    [Fact]
    public async Task Database_can_be_given_as_a_connection_URI()
    {
        var settings = new NpgsqlConnectionStringBuilder(bank.ConnectionString);
        var address = $"postgres://{settings.Username}:{settings.Password}@/{settings.Database}"
            + $"?host={Uri.EscapeDataString(settings.Host!)}&port={settings.Port}";

        await using var process = await BankProcess.StartAsync(address, "", []);

        process.Output.ShouldContain($"{settings.Database} on {settings.Host}");
    }

    [Fact]
    public async Task Single_host_accepts_target_session_attributes()
    {
        var settings = new NpgsqlConnectionStringBuilder(bank.ConnectionString)
        {
            TargetSessionAttributes = "primary",
        };

        await using var process = await BankProcess.StartAsync(settings.ConnectionString);
        using var http = HttpVersions.CreateClient(process.Address);
        using var ready = await http.GetAsync("/health/ready");

        ready.IsSuccessStatusCode.ShouldBeTrue();
    }

    [Theory]
    [InlineData("Passwords:WorkFactor=3", "Passwords:WorkFactor is '3'", "between 4 and 31")]
    [InlineData("Database:CommitTimeout=5", "Database:CommitTimeout is '5'", "between 00:00:01", "days")]
    [InlineData("GroupCommit:MaxGroupSize=many", "GroupCommit:MaxGroupSize is 'many'", "a whole number")]
    [InlineData("ConnectionStrings:Owner=Hots=db", "ConnectionStrings:Owner", "'hots'")]
    [InlineData("Proxies:0=10.0.0.0/99", "Proxies:0", "'10.0.0.0/99'")]
    [InlineData("Proxies:0=nonsense", "Proxies:0", "'nonsense'")]
    [InlineData("Proxies=10.0.0.5", "Proxies:0")]
    [InlineData("urls=nonsense", "cannot serve on nonsense", "--urls http://localhost:9000")]
    [InlineData("urls=https://127.0.0.1:0", "cannot serve on https://127.0.0.1:0", "certificate")]
    [InlineData("urls=http://192.0.2.1:8000", "cannot serve on http://192.0.2.1:8000")]
    [InlineData("Serving:Http2Address=nonsense", "Serving:Http2Address is 'nonsense'", "localhost:8001")]
    [InlineData("Serving:Http2Address=https://localhost:8001", "without TLS")]
    [InlineData("Serving:Http2Address=http://localhost:8001/v1", "without a path")]
    [InlineData("Serving:Http2Address=http://localhost:8001;http://localhost:8002", "must be one address")]
    [InlineData("Serving:Http2Address=http://localhost:x", "must be one address")]
    public async Task Invalid_setting_is_named_in_one_line_at_startup(
        string setting, params string[] words)
    {
        var line = (await ProblemCodeAsync(bank, setting)).ShouldHaveSingleItem();

        words.ShouldAllBe(word => line.Contains(word));
    }

    [Fact]
    public async Task Http2_address_beside_endpoints_of_Kestrel_is_refused()
    {
        var line = (await ProblemCodeAsync(
            bank, "Serving:Http2Address=http://127.0.0.1:0", "Kestrel:Endpoints:A:Url=http://127.0.0.1:0"))
            .ShouldHaveSingleItem();

        line.ShouldContain("add an endpoint there instead");
    }

    [Fact]
    public async Task Clients_choose_HTTP_2_over_TLS()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest(
            "CN=bank.example.com", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(
            DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var files = Directory.CreateTempSubdirectory("bank-tls-").FullName;
        await File.WriteAllTextAsync($"{files}/tls.crt", certificate.ExportCertificatePem());
        await File.WriteAllTextAsync($"{files}/tls.key", key.ExportPkcs8PrivateKeyPem());

        await using (var process = await BankProcess.StartAsync(
            bank.ConnectionString, "urls=https://127.0.0.1:0",
            $"Kestrel:Certificates:Default:Path={files}/tls.crt",
            $"Kestrel:Certificates:Default:KeyPath={files}/tls.key"))
        {
            foreach (var version in new[] { HttpVersion.Version11, HttpVersion.Version20 })
            {
                using var handler = LocalHandler.Create(process.Address.ToString(), out var url);
                using var http = new HttpClient(handler);
                http.DefaultRequestVersion = version;
                http.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact;
                using var response = await http.GetAsync(new Uri(url, "/health"));
                response.EnsureSuccessStatusCode().Version.ShouldBe(version);
            }
        }

        Directory.Delete(files, recursive: true);
    }

    [Fact]
    public async Task Invalid_settings_print_one_line_each_at_startup()
    {
        var lines = await ProblemCodeAsync(bank, "Passwords:MinimumLength=0", "Limits:RequestsPerUser=-1");

        lines.Length.ShouldBe(2);
        lines.ShouldContain(line => line.Contains("MinimumLength"));
        lines.ShouldContain(line => line.Contains("RequestsPerUser"));
    }

    [Fact]
    public async Task Stop_during_the_start_ends_it_without_an_error()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddServing().AddSingleton<IHostedService, Stopping>();
        await using var app = builder.Build();

        (await Serving.TryStartAsync(app)).ShouldBeFalse();
    }

    [Fact]
    public async Task Port_in_use_is_reported_in_one_line_at_startup()
    {
        // As the owner, of whose rights the start would warn if it came so far.
        var line = (await ProblemCodeAsync(() => BankProcess.StartAsync(
            bank.ConnectionString, "", [$"urls={bank.Address}"]))).ShouldHaveSingleItem();

        line.ShouldContain($"cannot serve on {bank.Address.ToString().TrimEnd('/')}");
        line.ShouldContain("address already in use");
    }

    [Fact]
    public async Task Startup_without_a_connection_string_explains_what_is_needed()
    {
        var lines = await ProblemCodeAsync("");

        lines.Length.ShouldBe(2);
        lines[0].ShouldContain("Bank needs a PostgreSQL");
        lines[1].ShouldContain("docker compose up");
    }

    [Theory]
    [InlineData("Hots=db;Password=secret", "'hots'")]
    [InlineData("Host=nowhere.invalid;Database=bank", "cannot be reached")]
    [InlineData("Host=127.0.0.1;Port=1;Database=bank", "cannot be reached: Failed to connect to 127.0.0.1:1")]
    public async Task Unreachable_database_is_reported_in_one_line_at_startup(
        string connectionString, string words)
    {
        var lines = await ProblemCodeAsync(connectionString, "Database:StartTimeout=00:00:00");

        lines.ShouldHaveSingleItem().ShouldContain(words);
    }

    [Fact]
    public async Task Waiting_for_the_database_at_startup_is_logged()
    {
        var lines = await ProblemCodeAsync("Host=127.0.0.1;Port=1", "Database:StartTimeout=00:00:01");

        lines.Count(line => line.Contains("The database is away: Connection refused")).ShouldBe(1);
        lines[^1].ShouldContain("cannot be reached");
    }

    [Fact]
    public async Task Missing_database_is_named_at_startup()
    {
        var settings = new NpgsqlConnectionStringBuilder(bank.ConnectionString) { Database = "nothing" };

        var lines = await ProblemCodeAsync(settings.ConnectionString);

        lines.ShouldHaveSingleItem().ShouldContain("no database nothing");
    }

    [Fact]
    public async Task Missing_right_to_migrate_is_reported_with_the_role_name()
    {
        await using var own = await IsolatedDatabase.CreateAsync(bank);
        var role = $"weak_{Names.New()}";
        await own.Database.ExecuteAsync($"CREATE ROLE {role} LOGIN PASSWORD 'secret'");
        var settings = new NpgsqlConnectionStringBuilder(own.ConnectionString)
        {
            Username = role,
            Password = "secret",
        };

        var lines = await ProblemCodeAsync(settings.ConnectionString);

        lines.ShouldHaveSingleItem().ShouldContain($"{role} may not bring the schema up to date");
        await own.Database.ExecuteAsync($"DROP ROLE {role}");
    }

    [Fact]
    public async Task Wrong_database_password_is_reported_with_the_remedy()
    {
        var directory = Directory.CreateTempSubdirectory("bank-password-").FullName;
        var data = Path.Combine(directory, "pg");

        await using (var server = await LocalPostgres.StartAsync(data))
        {
            await using var database = NpgsqlDataSource.Create(server.ConnectionString);
            await database.ExecuteAsync("ALTER ROLE bank PASSWORD 'former'");
            await File.WriteAllTextAsync(Path.Combine(data, "pg_hba.conf"), "local all all scram-sha-256");
            await database.ExecuteAsync("SELECT pg_reload_conf()");
            var settings = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Password = "latter" };

            var lines = await ProblemCodeAsync(settings.ConnectionString);

            var line = lines.ShouldHaveSingleItem();
            line.ShouldContain("The password of bank is wrong: correct it in ConnectionStrings, or ");
            line.ShouldContain("ALTER ROLE bank PASSWORD");
            line.ShouldContain("28P01");
        }

        Directory.Delete(directory, recursive: true);
    }

    /// <summary>
    /// What a process prints that ends with exit code 1 before it serves: lines, and no stack.
    /// </summary>
    static Task<string[]> ProblemCodeAsync(string connectionString, params string[] settings) =>
        ProblemCodeAsync(() => BankProcess.StartAsync(connectionString, "", settings));

    static Task<string[]> ProblemCodeAsync(BankServer bank, params string[] settings) =>
        ProblemCodeAsync(() => BankProcess.StartAsync(bank.ConnectionString, settings));

    static async Task<string[]> ProblemCodeAsync(Func<Task<BankProcess>> start)
    {
        var failure = await Should.ThrowAsync<InvalidOperationException>(start);

        var lines = failure.Message.Split('\n');
        lines[0].ShouldContain("exit code 1 ");
        lines.ShouldAllBe(line => !line.StartsWith("   at ") && !line.Contains("Exception"));
        return lines[1..];
    }

    /// <summary>Asks the process to stop while it starts, as SIGTERM does.</summary>
    sealed class Stopping(IHostApplicationLifetime lifetime) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            lifetime.StopApplication();
            return Task.FromCanceled(lifetime.ApplicationStopping);
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
