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

        await ShouldForgetAsync(customer);
    }

    [Fact]
    public async Task Credential_cache_is_closed_while_notifications_are_lost()
    {
        var role = await NewRoleAsync();
        await using var database = new ConnectionPools(ConnectAs(role), new DatabaseOptions());
        var memory = new CredentialCache(new PasswordOptions(), TimeProvider.System);
        var absence = new DatabaseOutageLog(TimeProvider.System, NullLogger<DatabaseOutageLog>.Instance);
        using var changes = new UserChangeListener(database, memory, absence);
        await changes.StartAsync(CancellationToken.None);
        await Eventually.TrueAsync(() => IsRemembering(memory), "changes are told");

        await bank.Database.ExecuteAsync($"ALTER ROLE {role} NOLOGIN");
        await bank.Database.ExecuteAsync(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1", role);
        await Eventually.TrueAsync(() => memory.Recall(Ada) is null, "everyone is forgotten");
        IsRemembering(memory).ShouldBeFalse();

        await bank.Database.ExecuteAsync($"ALTER ROLE {role} LOGIN");
        await Eventually.TrueAsync(() => IsRemembering(memory), "changes are told again");
        await changes.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task API_listens_for_user_changes_again_after_a_lost_session()
    {
        await using var api = await OwnBank.StartAsync(bank);
        var customer = await api.RegisterAsync();
        (await StatusAsync(customer)).ShouldBe(HttpStatusCode.OK);

        (await EndListeningAsync(api.Database)).ShouldBe(1);

        await Eventually.TrueAsync(() => IsListeningAsync(api.Database), "it listens again");
        (await StatusAsync(customer)).ShouldBe(HttpStatusCode.OK);
        await api.Database.ExecuteAsync("UPDATE users SET password_hash = 'x'");
        await ShouldForgetAsync(customer);
    }

    static Task ShouldForgetAsync(Customer customer) => Eventually.TrueAsync(
        async () => await StatusAsync(customer) == HttpStatusCode.Unauthorized, "the password is forgotten");

    static bool IsRemembering(CredentialCache memory)
    {
        memory.Remember(Ada, new Caller(1, Ada.Username, "a hash"), "a hash", memory.Epoch);
        return memory.Recall(Ada) is not null;
    }

    static async Task<HttpStatusCode> StatusAsync(Customer customer)
    {
        using var response = await customer.Http.GetAsync("/auth/me");
        return response.StatusCode;
    }

    static Task<long> EndListeningAsync(NpgsqlDataSource database) => database.ScalarAsync<long>(
        """
        SELECT count(pg_terminate_backend(pid))
        FROM pg_stat_activity
        WHERE datname = current_database() AND query IN ('LISTEN user_changed', 'SELECT 1')
        """);

    static Task<bool> IsListeningAsync(NpgsqlDataSource database) => database.ScalarAsync<bool>(
        """
        SELECT count(*) = 1
        FROM pg_stat_activity
        WHERE datname = current_database() AND query IN ('LISTEN user_changed', 'SELECT 1')
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
