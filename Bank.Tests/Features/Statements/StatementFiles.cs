using System.Text.Json;
using Bank.Tests.Harness;

namespace Bank.Tests.Features.Statements;

/// <summary>The statements of three accounts, with 0, 3 and 3,000 transactions, as files.</summary>
public sealed class StatementFiles(BankServer bank) : IAsyncLifetime
{
    readonly Dictionary<int, long> accounts = [];
    readonly string directory = Directory.CreateTempSubdirectory("bank-statements-").FullName;
    Customer customer = null!;

    /// <summary>The closing balances by the number of transactions.</summary>
    public static decimal BalanceOf(int length) => length switch { 0 => 0m, 3 => 969.5m, _ => 12.34m };

    /// <summary>The statement of the account with that many transactions, as a file.</summary>
    public async Task<string> SaveAsync(int length, string format)
    {
        var file = Path.Combine(directory, $"{length}-{Guid.NewGuid():N}.{format}");
        await File.WriteAllBytesAsync(file, await customer.Http.GetByteArrayAsync(
            $"/accounts/{accounts[length]}/statement?format={format}"));

        return file;
    }

    /// <summary>A further file in the directory of the statements.</summary>
    public async Task<string> WriteAsync(string name, string text)
    {
        var file = Path.Combine(directory, name);
        await File.WriteAllTextAsync(file, text);

        return file;
    }

    public async ValueTask InitializeAsync()
    {
        customer = await bank.RegisterAsync();

        foreach (var length in new[] { 0, 3, 3000 })
            accounts[length] = await customer.OpenAccountAsync();

        await PostAsync(
            "deposit", new { account_id = accounts[3], amount = 1000, reference = "Pay <&> tip" });
        await PostAsync(
            "transfer", new { from = accounts[3], to = accounts[0], amount = 10.5, reference = "Lunch" });
        await PostAsync("withdrawal", new { account_id = accounts[3], amount = 20 });
        accounts[0] = await customer.OpenAccountAsync();
        await LongHistory.WriteAsync(bank.Database, accounts[3000], 2998);
        await PostAsync("deposit", new { account_id = accounts[3000], amount = 12 });
        await PostAsync("deposit", new { account_id = accounts[3000], amount = 0.34 });
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(directory, recursive: true);
        return ValueTask.CompletedTask;
    }

    async Task PostAsync(string slice, object body)
    {
        using var posted = await customer.PostAsync($"/transactions/{slice}", JsonSerializer.Serialize(body));
        posted.EnsureSuccessStatusCode();
    }
}
