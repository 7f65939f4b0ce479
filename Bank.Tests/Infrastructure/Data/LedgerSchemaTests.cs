using System.Net;
using Bank.Infrastructure.Configuration;
using Bank.Infrastructure.Connections;
using Bank.Infrastructure.Verification;
using Bank.Tests.Harness;
using Npgsql;

namespace Bank.Tests.Infrastructure.Data;

/// <summary>Where the tables are, whatever says so, and that the API's role finds them there.</summary>
[Trait("Speed", "Slow")]
public sealed class LedgerSchemaTests(BankServer bank)
{
    /// <summary>
    /// What names the schema: a statement before the start, and settings of the two connection strings.
    /// OWNER and DATABASE stand for the test's own.
    /// </summary>
    [Theory]
    [InlineData("", "", "", "public")]
    [InlineData("CREATE SCHEMA OWNER AUTHORIZATION OWNER", "", "", "OWNER")]
    [InlineData("ALTER DATABASE DATABASE SET search_path = money", "", "", "money")]
    [InlineData("ALTER ROLE OWNER SET search_path = money", "", "", "money")]
    [InlineData("", "Search Path=money", "Search Path=money", "money")]
    [InlineData("", "Search Path=money", "", "money")]
    [InlineData("", "", "Search Path=money", "money")]
    [InlineData("", "Search Path='\"My Money\"'", "", "My Money")]
    [InlineData("", "Options=-c search_path=money", "", "money")]
    [InlineData("ALTER ROLE OWNER SET search_path = money, public", "", "Options=-c search_path=no", "money")]
    public async Task Tables_are_created_and_found_in_the_configured_schema(
        string sql, string owner, string api, string schema)
    {
        await using var place = await PlaceAsync();
        await place.RunAsync(sql);
        await using var startup = new Startup(place.Api(api), place.Owner(owner));

        await startup.PrepareAsync();

        (await startup.Database.ScalarAsync<string>("SELECT current_schema()::text"))
            .ShouldBe(schema == "OWNER" ? place.OwnerName : schema);
        (await startup.Database.ScalarAsync<long>("SELECT count(*) FROM transactions")).ShouldBe(0);
        (await place.SchemasAsync()).ShouldHaveSingleItem();
        (await LedgerVerifier.RunAsync(place.Api(api), TextWriter.Null)).ShouldBe(0);
    }

    [Fact]
    public async Task Tables_stay_in_public_when_another_schema_comes_first()
    {
        await using var place = await PlaceAsync();
        await using var before = new Startup(place.Api(""), place.Owner(""));
        await before.PrepareAsync();
        await place.RunAsync("CREATE SCHEMA OWNER AUTHORIZATION OWNER");
        await using var startup = new Startup(place.Api(""), place.Owner(""));

        await startup.PrepareAsync();

        (await place.SchemasAsync()).ShouldBe(["public"]);
    }

    /// <summary>As earlier builds left it: the record is in public, the tables are not.</summary>
    [Fact]
    public async Task Record_of_migrations_follows_the_tables()
    {
        await using var place = await PlaceAsync();
        await place.RunAsync("CREATE SCHEMA OWNER AUTHORIZATION OWNER");
        await using var before = new Startup(place.Api(""), place.Owner(""));
        await before.PrepareAsync();
        await place.RunAsync("""ALTER TABLE OWNER."VersionInfo" SET SCHEMA public""");
        await using var startup = new Startup(place.Api(""), place.Owner(""));

        await startup.PrepareAsync();

        startup.LogText.ShouldNotContain("Migration");
        (await startup.Database.ScalarAsync<long>("""SELECT count(*) FROM "VersionInfo" """))
            .ShouldBeGreaterThan(10);
    }

    [Fact]
    public async Task Instance_without_the_owner_finds_the_schema_of_its_tables()
    {
        await using var place = await PlaceAsync();
        await using var migrating = new Startup(place.Api(""), place.Owner("Search Path=money"));
        await migrating.PrepareAsync();
        await using var startup = new Startup(
            place.Api(""), null, new DatabaseOptions { MigrateOnStart = false });

        await startup.PrepareAsync();

        (await startup.Database.ScalarAsync<long>("SELECT count(*) FROM transactions")).ShouldBe(0);
    }

    [Fact]
    public async Task Different_schemas_in_the_connection_strings_are_refused()
    {
        await using var place = await PlaceAsync();
        await using var startup = new Startup(
            place.Api("Search Path=public"), place.Owner("Search Path=money"));

        var refusal = await Should.ThrowAsync<StartupException>(startup.PrepareAsync);

        refusal.Message.ShouldContain("name the same schema in both");
    }

    [Fact]
    public async Task Two_banks_in_one_database_share_nothing()
    {
        await using var place = await PlaceAsync();
        await place.RunAsync("CREATE SCHEMA other AUTHORIZATION OWNER");
        string[] schemas = ["Search Path=money", "Search Path=other"];
        var banks = await Task.WhenAll(schemas.Select(
            schema => BankProcess.StartAsync(place.Api(schema), place.Owner(schema), [])));
        await using var first = banks[0];
        await using var second = banks[1];
        var customer = await Customer.RegisterAsync(first.Address);
        var account = await customer.OpenAccountAsync(1m);
        using var stranger = await customer.At(second.Address).Http.GetAsync("/auth/me");

        await using var listening = await place.Database.OpenConnectionAsync();
        await using var listen = new NpgsqlCommand(
            "SELECT 'LISTEN \"user_changed:' || 'other.users'::regclass::oid || '\"'", listening);
        listen.CommandText = (string)(await listen.ExecuteScalarAsync())!;
        var heard = new List<string>();
        listening.Notification += (_, change) => heard.Add(change.Payload);
        await listen.ExecuteNonQueryAsync();
        await place.Database.ExecuteAsync("UPDATE money.users SET removed_at = now()");
        await place.Database.ExecuteAsync(
            "SELECT pg_notify('user_changed:' || 'other.users'::regclass::oid, 'the end')");
        await Eventually.TrueAsync(
            async () => await listening.WaitAsync(10) || heard.Contains("the end"), "notifications arrive");

        account.ShouldBeGreaterThan(0);
        stranger.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        heard.ShouldNotContain(customer.Username);
        await Eventually.TrueAsync(
            async () => (await customer.Http.GetAsync("/auth/me")).StatusCode == HttpStatusCode.Unauthorized,
            "the first bank hears of its own change");
    }

    Task<Place> PlaceAsync() => Place.CreateAsync(bank);

    /// <summary>A database with an owner of tables who is no superuser, and schemas for the owner.</summary>
    sealed class Place(BankServer bank, IsolatedDatabase own, string name) : IAsyncDisposable
    {
        public string OwnerName => name;

        public NpgsqlDataSource Database => own.Database;

        public static async Task<Place> CreateAsync(BankServer bank)
        {
            var place = new Place(bank, await IsolatedDatabase.CreateAsync(bank), $"owner_{Names.New()}");
            await place.RunAsync(
                $"""
                CREATE ROLE OWNER LOGIN PASSWORD '{Customer.Password}';
                GRANT CREATE ON SCHEMA public TO OWNER;
                CREATE SCHEMA money AUTHORIZATION OWNER;
                CREATE SCHEMA "My Money" AUTHORIZATION OWNER;
                """);

            return place;
        }

        public string Owner(string more) =>
            new NpgsqlConnectionStringBuilder(own.ConnectionString + ";" + more)
            {
                Username = name,
                Password = Customer.Password,
                Pooling = false,
            }.ConnectionString;

        public string Api(string more) => ApiConnection.Of(own.ConnectionString + ";" + more);

        public async Task RunAsync(string sql)
        {
            if (sql.Length > 0)
                await own.Database.ExecuteAsync(
                    sql.Replace("OWNER", name).Replace("DATABASE DATABASE", $"DATABASE {DatabaseName}"));
        }

        /// <summary>The schemas with tables.</summary>
        public Task<string[]> SchemasAsync() => own.Database.QueryAsync(
            "SELECT DISTINCT schemaname::text FROM pg_tables WHERE tableowner = $1",
            row => row.GetString(0), name);

        string DatabaseName => new NpgsqlConnectionStringBuilder(own.ConnectionString).Database!;

        public async ValueTask DisposeAsync()
        {
            await own.DisposeAsync();
            await bank.Database.ExecuteAsync($"DROP ROLE {name}");
        }
    }
}
