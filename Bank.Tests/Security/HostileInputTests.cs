using System.Diagnostics;
using System.Net.Http.Json;
using System.Net.NetworkInformation;
using System.Text.Json;
using Bank.Tests.Harness;
using Npgsql;

namespace Bank.Tests.Security;

/// <summary>The API answers any input with its own problem documents and moves no money unasked.</summary>
[Trait("Speed", "Slow")]
public sealed class HostileInputTests(BankServer server, ITestOutputHelper output)
{
    const int Seed = 20261122;
    const int ChangedRequests = 800;
    const int AtOnce = 8;
    const long RoomToGrow = 256 << 20;

    static readonly string[] Texts = ["type", "title", "detail", "code", "trace_id"];

    [Fact]
    public async Task Hostile_input_is_refused_and_leaves_nothing_behind()
    {
        await using var bank = await IsolatedBank.StartAsync(
            server, WithMoreConnections, "Limits:FailedSignInsPerUser=0", "Limits:FailedSignInsPerAddress=0",
            "Limits:RegistrationsPerAddress=0", "Passwords:QueueCapacity=1000");
        var attacker = await RegisterAsync(bank, "mallory");
        var victim = await bank.RegisterAsync();
        var accounts = new[] { await attacker.OpenAccountAsync(1000m), await victim.OpenAccountAsync(1000m) };
        var requests = await RequestsAsync(bank, attacker, accounts);
        var connections = OpenConnections(bank);

        // The first fifth warms the process up, so that later memory growth is a leak.
        var warm = await SendAsync(bank.Address, requests[..(requests.Length / 5)]);
        var memory = Memory(bank);
        var answers = warm.Concat(await SendAsync(bank.Address, requests[(requests.Length / 5)..])).ToArray();

        requests.Zip(answers, Fault).Where(fault => fault is not null).ShouldBeEmpty();
        await ShouldHaveMovedOnlyWhatWasAnsweredAsync(bank, accounts, answers);
        await ShouldHaveLeftNothingBehindAsync(bank, connections);
        (Memory(bank) - memory).ShouldBeLessThan(RoomToGrow);
        LoggedFaults(bank.Output).ShouldBeEmpty();
        (await attacker.BalanceAsync(accounts[0])).ShouldBeGreaterThan(0);
    }

    /// <summary>Registers a customer with a fixed name, so that every run sends the same requests.</summary>
    static async Task<Customer> RegisterAsync(IsolatedBank bank, string username)
    {
        var http = bank.Anonymous();
        using var response = await http.PostAsJsonAsync(
            "/auth/register", new { username, password = Customer.Password });
        response.EnsureSuccessStatusCode();
        http.DefaultRequestHeaders.Authorization = Customer.Basic(username, Customer.Password);

        return new Customer(username, http);
    }

    async Task<HostileRequest[]> RequestsAsync(IsolatedBank bank, Customer attacker, long[] accounts)
    {
        using var http = bank.Anonymous();
        var operations = await ApiOperation.AllAsync(http);
        using var history = await attacker.Http.GetAsync($"/transactions/account/{accounts[0]}");
        var transaction = (await history.JsonAsync())[0].GetProperty("id").GetString()!;
        var requests = new HostileRequests(operations, attacker, accounts[0], accounts[1], transaction)
            .All(new Random(Seed), ChangedRequests).ToArray();
        output.WriteLine($"{requests.Length} requests to {operations.Length} operations, seed {Seed}");

        operations.Length.ShouldBeGreaterThan(10);
        requests.Length.ShouldBeGreaterThan(2_000);
        return requests;
    }

    static async Task<RawAnswer[]> SendAsync(Uri address, HostileRequest[] requests)
    {
        var answers = new RawAnswer[requests.Length];
        await Parallel.ForAsync(
            0, requests.Length, new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (index, _) => answers[index] = await RawAnswer.ToAsync(address, requests[index]));

        return answers;
    }

    /// <summary>The error in a response, or null.</summary>
    static string? Fault(HostileRequest request, RawAnswer answer)
    {
        var isRight = answer switch
        {
            { IsBare: true } => request.IsBrokenHttp && BrokenHttp.BareStatuses.Contains(answer.Status),
            { Status: >= 500 } => false,
            { Status: >= 400 } => request.IsHead || IsProblem(answer),
            { Status: 200 } => !answer.Body.Contains("\"internal_error\"", StringComparison.Ordinal),
            _ => true,
        };

        return isRight ? null : $"{request.Name} is answered {answer.Status} {answer.Head}{answer.Body}";
    }

    static bool IsProblem(RawAnswer answer)
    {
        if (!answer.Has("Content-Type: application/problem+json"))
            return false;

        using var document = JsonDocument.Parse(answer.Body);
        var problem = document.RootElement;

        return problem.GetProperty("status").GetInt32() == answer.Status
            && Texts.All(name => IsText(problem.GetProperty(name)))
            && (answer.Status != 422 || problem.GetProperty("errors").EnumerateArray().All(IsFieldError))
            && !answer.Body.Contains("Exception", StringComparison.Ordinal);
    }

    static bool IsFieldError(JsonElement error) =>
        IsText(error.GetProperty("name")) && IsText(error.GetProperty("reason"));

    static bool IsText(JsonElement value) => value.GetString() is { Length: > 0 };

    static async Task ShouldHaveMovedOnlyWhatWasAnsweredAsync(
        IsolatedBank bank, long[] accounts, RawAnswer[] answers)
    {
        var moved = answers
            .Where(answer => !answer.Has("Idempotent-Replayed")).SelectMany(Transactions).Select(Change)
            .ToArray();

        (await bank.Database.ScalarAsync<long>("SELECT count(*) FROM transactions"))
            .ShouldBe(accounts.Length + moved.Length);
        (await bank.Database.ScalarAsync<decimal>("SELECT sum(balance) / 100 FROM accounts"))
            .ShouldBe(2000m + moved.Sum());
        (await bank.Ledger.AccountsAsync(accounts[1])).Single().Balance.ShouldBeGreaterThanOrEqualTo(1000m);
        await bank.Ledger.ShouldHoldAsync(accounts);
    }

    /// <summary>The posted transactions in a response: one, those of a batch, or those of a bulk.</summary>
    static IEnumerable<JsonElement> Transactions(RawAnswer answer)
    {
        if (answer.Status == 201 && answer.Has("Location: /transactions/"))
        {
            var posted = JsonDocument.Parse(answer.Body).RootElement;
            return posted.TryGetProperty("transactions", out var batch) ? batch.EnumerateArray() : [posted];
        }

        return answer.Status == 200 && answer.Body.StartsWith("{\"results\":", StringComparison.Ordinal)
            ? JsonDocument.Parse(answer.Body).RootElement.GetProperty("results").EnumerateArray()
                .Where(result => result.GetProperty("status").GetInt32() == 201)
                .Select(result => result.GetProperty("transaction"))
            : [];
    }

    /// <summary>By how much a transaction changes the sum of all balances.</summary>
    static decimal Change(JsonElement transaction)
    {
        var amount = transaction.GetProperty("amount").GetDecimal();
        return (transaction.TryGetProperty("to", out _) ? amount : 0)
            - (transaction.TryGetProperty("from", out _) ? amount : 0);
    }

    static async Task ShouldHaveLeftNothingBehindAsync(IsolatedBank bank, int connections)
    {
        await Eventually.TrueAsync(() => OpenConnections(bank) <= connections, "no connection stays open");
        await Eventually.TrueAsync(
            () => bank.Database.ScalarAsync<bool>(
                """
                SELECT count(*) FILTER (WHERE state <> 'idle') = 0
                FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid()
                """),
            "no statement runs on");
    }

    /// <summary>The logged errors, each with its first lines.</summary>
    static string[] LoggedFaults(string output) =>
        [.. output.Split("fail: ").Skip(1).Select(fault => string.Join('\n', fault.Split('\n').Take(8)))];

    static int OpenConnections(IsolatedBank bank) => IPGlobalProperties.GetIPGlobalProperties()
        .GetActiveTcpConnections()
        .Count(connection => connection.LocalEndPoint.Port == bank.Address.Port
            && connection.State is TcpState.Established or TcpState.CloseWait);

    static long Memory(IsolatedBank bank)
    {
        using var process = Process.GetProcessById(bank.ProcessId);
        return process.WorkingSet64;
    }

    static string WithMoreConnections(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString) { MaxPoolSize = 20 }.ConnectionString;
}
