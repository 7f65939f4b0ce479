using System.Net;
using System.Net.Http.Json;
using System.Text;
using Bank.Tests.Harness;
using Npgsql;

namespace Bank.Tests.Security;

/// <summary>Credentials never appear in a log or in a response.</summary>
[Trait("Speed", "Slow")]
public sealed class SecretsTests(BankServer server)
{
    const string Password = "p4ssw0rd-of-the-customer";
    const string NewPassword = "n3w-password-of-the-customer";
    const string WrongPassword = "wr0ng-password-of-the-customer";
    const string RolePassword = "p4ssw0rd-of-the-role";

    [Theory]
    [InlineData("Information")]
    [InlineData("Trace")]
    public async Task The_log_contains_no_secrets_after_any_failure(string level)
    {
        var role = $"role_{Names.New()}";
        await using var bank = await IsolatedBank.StartAsync(
            server, connection => ConnectAs(role, connection),
            $"Logging:LogLevel:Default={level}", $"Logging:LogLevel:Microsoft={level}");
        using var http = bank.Anonymous();
        var username = Names.New();

        await UseAsync(http, username);
        await BreakTheSchemaAsync(bank, http, username);
        await LoseTheDatabaseAsync(bank, role);

        var hash = await bank.Database.ScalarAsync<string>("SELECT password_hash FROM users");
        bank.Output.ShouldContain("/auth/me failed");
        string[] secrets =
        [
            Password, NewPassword, WrongPassword, RolePassword, hash,
            Token(username, Password), Token(username, NewPassword), Token(username, WrongPassword),
        ];
        secrets.Where(secret => bank.Output.Contains(secret, StringComparison.Ordinal)).ShouldBeEmpty();
    }

    static async Task UseAsync(HttpClient http, string username)
    {
        using var registered = await http.PostAsJsonAsync(
            "/auth/register", new { username, password = Password });
        registered.StatusCode.ShouldBe(HttpStatusCode.Created);
        (await GetMeAsync(http, username, Password)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await GetMeAsync(http, username, WrongPassword)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);

        http.DefaultRequestHeaders.Authorization = Customer.Basic(username, Password);
        using var malformed = await http.PutAsync("/auth/password", new StringContent(
            $"{{\"current_password\": \"{Password}\", \"new_password\": \"{NewPassword}",
            Encoding.UTF8, "application/json"));
        malformed.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        using var changed = await http.PutAsJsonAsync(
            "/auth/password", new { current_password = Password, new_password = NewPassword });
        changed.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await GetMeAsync(http, username, NewPassword)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    /// <summary>Causes an error whose exception is logged in full and never sent to a client.</summary>
    static async Task BreakTheSchemaAsync(IsolatedBank bank, HttpClient http, string username)
    {
        await bank.Database.ExecuteAsync(
            "ALTER TABLE users RENAME COLUMN created_at TO gone; ALTER TABLE users ADD CHECK (id < 2)");

        using var read = await GetMeAsync(http, username, NewPassword);
        using var registered = await http.PostAsJsonAsync(
            "/auth/register", new { username = Names.New(), password = Password });

        foreach (var response in new[] { read, registered })
        {
            await response.ShouldBeProblemAsync(HttpStatusCode.InternalServerError, "internal_error");
            SecurityHeadersTests.ShouldBeSafe(response);
            var told = await response.Content.ReadAsStringAsync();
            told.ShouldNotContain("created_at");
            told.ShouldNotContain("SELECT");
            told.ShouldNotContain("Exception");
        }
    }

    static async Task LoseTheDatabaseAsync(IsolatedBank bank, string role)
    {
        using var http = bank.Anonymous();
        await bank.Database.ExecuteAsync($"ALTER ROLE {role} NOLOGIN");
        await bank.Database.ExecuteAsync(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1", role);

        using var response = await GetMeAsync(http, Names.New(), WrongPassword);

        ((int)response.StatusCode).ShouldBeGreaterThanOrEqualTo(500);
        SecurityHeadersTests.ShouldBeSafe(response);
        (await response.Content.ReadAsStringAsync()).ShouldNotContain("Exception");
        await Eventually.TrueAsync(
            () => bank.Output.Contains("The database is away", StringComparison.Ordinal),
            "the loss is logged");
    }

    static async Task<HttpResponseMessage> GetMeAsync(HttpClient http, string username, string password)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/auth/me");
        request.Headers.Authorization = Customer.Basic(username, password);
        return await http.SendAsync(request);
    }

    static string ConnectAs(string role, string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString) { Username = role, Password = RolePassword }
            .ConnectionString;

    static string Token(string username, string password) => Customer.Basic(username, password).Parameter!;
}
