using System.Net;
using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Connections;
using Bank.Infrastructure.Data;
using Bank.Tests.Harness;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using CredentialCache = Bank.Infrastructure.Auth.CredentialCache;

namespace Bank.Tests.Infrastructure.Auth;

public sealed class UserChangeListenerTests(BankServer bank)
{
    static readonly BasicCredentials Ada = new("ada", Customer.Password);

    [Theory]
    [InlineData("UPDATE users SET password_hash = 'x' WHERE username = $1")]
    [InlineData("UPDATE users SET removed_at = now() WHERE username = $1")]
    [InlineData("UPDATE users SET username = username || '-2' WHERE username = $1")]
    [InlineData("DELETE FROM users WHERE username = $1")]
    public async Task User_changed_by_SQL_has_to_sign_in_again(string sql)
    {
        var customer = await bank.RegisterAsync();
        (await StatusAsync(customer)).ShouldBe(HttpStatusCode.OK);

        await bank.Database.ExecuteAsync(sql, customer.Username);

        await ShouldSignOutAsync(customer);
    }

    [Fact]
    public async Task Credential_cache_is_closed_while_notifications_are_lost()
    {
        var role = await NewRoleAsync();
        var options = new DatabaseOptions();
        await using var database = new ConnectionPools(
            ConnectAs(role), options,
            new SessionCheck(options, TimeProvider.System, NullLogger<SessionCheck>.Instance));
        var cache = new CredentialCache(new PasswordOptions(), TimeProvider.System);
        var outages = new DatabaseOutageLog(TimeProvider.System, NullLogger<DatabaseOutageLog>.Instance);
        using var listener = new UserChangeListener(
            database, new UserChanges([cache]), outages, TimeProvider.System);
        await listener.StartAsync(CancellationToken.None);
        await Eventually.TrueAsync(() => IsCaching(cache), "changes are announced");

        await bank.Database.ExecuteAsync($"ALTER ROLE {role} NOLOGIN");
        await bank.Database.ExecuteAsync(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1", role);
        await Eventually.TrueAsync(() => cache.TryGet(Ada) is null, "no user is taken from the cache");
        IsCaching(cache).ShouldBeFalse();

        await bank.Database.ExecuteAsync($"ALTER ROLE {role} LOGIN");
        await Eventually.TrueAsync(() => IsCaching(cache), "changes are announced again");
        await listener.StopAsync(CancellationToken.None);
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task API_listens_for_user_changes_again_after_a_lost_session()
    {
        await using var api = await IsolatedBank.StartAsync(bank);
        var customer = await api.RegisterAsync();
        (await StatusAsync(customer)).ShouldBe(HttpStatusCode.OK);

        (await TerminateListenerAsync(api.Database)).ShouldBe(1);

        await Eventually.TrueAsync(() => IsListeningAsync(api.Database), "the listener is connected again");
        (await StatusAsync(customer)).ShouldBe(HttpStatusCode.OK);
        await api.Database.ExecuteAsync("UPDATE users SET password_hash = 'x'");
        await ShouldSignOutAsync(customer);
    }

    static Task ShouldSignOutAsync(Customer customer) => Eventually.TrueAsync(
        async () => await StatusAsync(customer) == HttpStatusCode.Unauthorized,
        "the user is dropped from the cache");

    static bool IsCaching(CredentialCache cache)
    {
        cache.Set(Ada, new Caller(1, Ada.Username, "a hash"), "a hash", cache.Epoch);
        return cache.TryGet(Ada) is not null;
    }

    static async Task<HttpStatusCode> StatusAsync(Customer customer)
    {
        using var response = await customer.Http.GetAsync("/auth/me");
        return response.StatusCode;
    }

    static Task<long> TerminateListenerAsync(NpgsqlDataSource database) => database.ScalarAsync<long>(
        """
        SELECT count(pg_terminate_backend(pid))
        FROM pg_stat_activity
        WHERE datname = current_database() AND (query LIKE 'LISTEN %' OR query = 'SELECT 1')
        """);

    static Task<bool> IsListeningAsync(NpgsqlDataSource database) => database.ScalarAsync<bool>(
        """
        SELECT count(*) = 1
        FROM pg_stat_activity
        WHERE datname = current_database() AND (query LIKE 'LISTEN %' OR query = 'SELECT 1')
        """);

    async Task<string> NewRoleAsync()
    {
        var role = $"listener_{Names.New()}";
        await bank.Database.ExecuteAsync($"CREATE ROLE {role} LOGIN PASSWORD '{Customer.Password}'");
        return role;
    }

    string ConnectAs(string role) => new NpgsqlConnectionStringBuilder(bank.ConnectionString)
    {
        Username = role,
        Password = Customer.Password,
    }.ConnectionString;
}
