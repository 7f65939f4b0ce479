using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Bank.Infrastructure.Verification;
using Bank.Tests.Harness;

namespace Bank.Tests.Faults;

/// <summary>
/// The program of docs/cells pays between two banks, while its drivers and the banks are killed. Nothing may
/// be lost, paid twice or left in transit. <c>BANK_CELLS</c> is the number of kills.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class CellTests(BankServer bank) : IAsyncLifetime
{
    const int CustomersOfCell = 4;
    const decimal Opening = 1000m;

    static readonly string[] Names = ["north", "south"];

    static readonly int Kills = int.TryParse(Environment.GetEnvironmentVariable("BANK_CELLS"), out var kills)
        ? kills
        : 10;

    readonly string book = Path.GetTempFileName();
    readonly IsolatedDatabase[] databases = new IsolatedDatabase[2];
    readonly BankProcess?[] cells = new BankProcess?[2];
    Process[] drivers = [];

    [Fact]
    public async Task Payments_between_cells_survive_kills_of_drivers_and_cells()
    {
        await SetUpAsync();
        drivers = [.. Enumerable.Range(0, 3).Select(_ => Start("load", book, "600"))];

        for (var kill = 0; kill < Kills; kill++)
        {
            var (before, more) = (await PaymentsAsync(), Random.Shared.Next(1, 20));
            await Eventually.TrueAsync(
                async () => await PaymentsAsync() >= before + more, "the drivers pay");

            if (kill % 5 == 4)
                await RestartAsync(Random.Shared.Next(cells.Length));
            else
                await RestartDriverAsync(Random.Shared.Next(drivers.Length));
        }

        await EndDriversAsync();
        (await RunAsync("finish", book)).Code.ShouldBe(0);
        var (code, report) = await RunAsync("check", book);
        code.ShouldBe(0, report);
        Regex.Count(report, "everything adds up").ShouldBe(2, report);

        // Every payment that was paid out was paid in, and the customers have all the money between them.
        var (north, south) = (await MovedAsync(0), await MovedAsync(1));
        north.Out.ShouldBe(south.In);
        south.Out.ShouldBe(north.In);
        north.In.Concat(south.In).ShouldNotBeEmpty();
        (await CustomersHoldAsync(0) + await CustomersHoldAsync(1)).ShouldBe(2 * CustomersOfCell * Opening);
        TestContext.Current.SendDiagnosticMessage(
            $"{Kills} kills, {north.In.Length + south.In.Length} payments between the cells");
    }

    [Fact]
    public async Task Payment_to_an_account_that_is_closed_is_refunded()
    {
        await SetUpAsync();
        var entries = JsonNode.Parse(await File.ReadAllTextAsync(book))!;
        entries["customers"]!["north0"]!["account"] = 999_999;
        await File.WriteAllTextAsync(book, entries.ToJsonString());

        (await RunAsync("pay", book, "south0", "north0", "5")).ShouldBe((1, "refunded"));
        (await RunAsync("pay", book, "south0", "north1", "5")).ShouldBe((0, "paid"));
        (await RunAsync("pay", book, "south0", "north1", "5000")).ShouldBe((1, "refused"));
        var (code, report) = await RunAsync("check", book);
        code.ShouldBe(0, report);
        (await CustomersHoldAsync(1)).ShouldBe(CustomersOfCell * Opening - 5m);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await EndDriversAsync();

        foreach (var cell in cells.OfType<BankProcess>())
            await cell.DisposeAsync();

        foreach (var database in databases.OfType<IsolatedDatabase>())
            await database.DisposeAsync();

        File.Delete(book);
    }

    /// <summary>Starts two banks, registers their customers, and has the program open its accounts.</summary>
    async Task SetUpAsync()
    {
        var entries = new JsonObject { ["cells"] = new JsonObject(), ["customers"] = new JsonObject() };

        foreach (var (index, name) in Names.Index())
        {
            databases[index] = await IsolatedDatabase.CreateAsync(bank);
            var cell = await BankProcess.StartAsync(databases[index].ConnectionString);
            cells[index] = cell;
            entries["cells"]![name] = new JsonObject
            {
                ["address"] = $"{cell.Address}",
                ["operator"] = "operator",
                ["password"] = Customer.Password,
                ["funds"] = 100_000,
                ["verify"] = new JsonArray(
                    "dotnet", Path.Combine(AppContext.BaseDirectory, "Bank.dll"), LedgerVerifier.Argument,
                    $"--ConnectionStrings:Bank={ApiConnection.Of(databases[index].ConnectionString)}"),
            };

            for (var customer = 0; customer < CustomersOfCell; customer++)
            {
                var registered = await Customer.RegisterAsync(cell.Address, $"{name}{customer}");
                entries["customers"]![$"{name}{customer}"] = new JsonObject
                {
                    ["cell"] = name,
                    ["account"] = await registered.OpenAccountAsync(Opening),
                };
            }
        }

        await File.WriteAllTextAsync(book, entries.ToJsonString());
        (await RunAsync("setup", book)).Code.ShouldBe(0);
    }

    async Task RestartAsync(int index)
    {
        var cell = cells[index]!;
        cells[index] = null;
        cell.Kill();
        await cell.DisposeAsync();
        cells[index] = await BankProcess.StartAsync(
            databases[index].ConnectionString, $"urls={cell.Address}");
    }

    async Task RestartDriverAsync(int index)
    {
        await EndAsync(drivers[index]);
        drivers[index] = Start("load", book, "600");
    }

    async Task EndDriversAsync()
    {
        foreach (var driver in drivers)
            await EndAsync(driver);

        drivers = [];
    }

    /// <summary>What customers received from the other cell, and what was settled with it.</summary>
    async Task<(long[] In, long[] Out)> MovedAsync(int index)
    {
        var database = databases[index].Database;
        return (
            await AmountsAsync("reference LIKE 'from %'"),
            await AmountsAsync("reference LIKE 'settles %'"));

        Task<long[]> AmountsAsync(string condition) => database.ScalarAsync<long[]>(
            $$"""
            SELECT coalesce(array_agg(amount ORDER BY amount), '{}')
            FROM transactions
            WHERE {{condition}}
            """);
    }

    /// <summary>The number of payments between the cells that have been paid.</summary>
    async Task<long> PaymentsAsync()
    {
        const string Sql = "SELECT count(*) FROM transactions WHERE reference LIKE 'from %'";
        return await databases[0].Database.ScalarAsync<long>(Sql)
            + await databases[1].Database.ScalarAsync<long>(Sql);
    }

    async Task<decimal> CustomersHoldAsync(int index) => await databases[index].Database.ScalarAsync<long>(
        """
        SELECT sum(balance)::bigint
        FROM accounts
        JOIN users ON users.id = user_id
        WHERE username <> 'operator'
        """) / 100m;

    static async Task EndAsync(Process driver)
    {
        driver.Kill();
        await driver.WaitForExitAsync();
        driver.Dispose();
    }

    static async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();

        return (process.ExitCode, output.Trim());
    }

    static Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(
            "dotnet", [Path.Combine(AppContext.BaseDirectory, "Bank.Cells.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
        };
        start.Environment["CELLS_PASSWORD"] = Customer.Password;
        return Process.Start(start)!;
    }
}
