using System.Net;
using System.Net.Http.Json;
using Bank.Infrastructure.Hosting;

namespace Bank.Tests.Harness;

/// <summary>Makes operators with the program's own command.</summary>
static class Operators
{
    const int WorkFactor = 4;

    /// <summary>An operator who has chosen a password.</summary>
    public static Task<Customer> RegisterOperatorAsync(this BankServer bank) =>
        RegisterAsync(bank.ConnectionString, bank.Address);

    /// <inheritdoc cref="RegisterOperatorAsync(BankServer)"/>
    public static Task<Customer> RegisterOperatorAsync(this IsolatedBank bank) =>
        RegisterAsync(bank.Database.ConnectionString, bank.Address);

    /// <summary>Runs the command and returns its exit code and what it printed.</summary>
    public static async Task<(int Code, string Output)> RunAsync(
        string connectionString, params string[] args)
    {
        var output = new StringWriter();
        var code = await new OperatorCommand(connectionString, WorkFactor, output)
            .RunAsync([OperatorCommand.Argument, .. args]);

        return (code, output.ToString().Trim());
    }

    /// <summary>The user with a one-time password chooses the password of all customers.</summary>
    public static async Task<Customer> ChoosePasswordAsync(Uri address, string username, string password)
    {
        using var http = HttpVersions.CreateClient(address);
        http.DefaultRequestHeaders.Authorization = Customer.Basic(username, password);
        using var changed = await http.PutAsJsonAsync(
            "/auth/password", new { current_password = password, new_password = Customer.Password });
        changed.StatusCode.ShouldBe(HttpStatusCode.NoContent);

        var client = HttpVersions.CreateClient(address);
        client.DefaultRequestHeaders.Authorization = Customer.Basic(username, Customer.Password);
        return new Customer(username, client);
    }

    static async Task<Customer> RegisterAsync(string connectionString, Uri address)
    {
        var username = Names.New();
        var (_, output) = await RunAsync(connectionString, "add", username);

        return await ChoosePasswordAsync(address, username, output.Split(' ')[^1]);
    }
}
