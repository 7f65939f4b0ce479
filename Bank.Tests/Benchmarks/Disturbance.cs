using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Npgsql;

namespace Bank.Benchmarks;

/// <summary>Something that others do while customers transfer money between accounts of their own.</summary>
/// <param name="Name">What the report calls it.</param>
/// <param name="Clients">How many clients send requests in a loop.</param>
/// <param name="Send">Sends a request of the client with this number, from 1.</param>
/// <param name="LockSql">What another session leaves uncommitted meanwhile, if anything.</param>
/// <param name="IsHttp2">Whether all clients share one connection of HTTP/2.</param>
sealed record Disturbance(
    string Name, int Clients, Func<HttpClient, int, Task<HttpResponseMessage>> Send, string LockSql = "",
    bool IsHttp2 = false)
{
    /// <summary>
    /// A hold for each of the accounts 51 to 58, which a capture of more leaves open; the accounts 61 to 68,
    /// of which no posting succeeds, since a transaction with the next version exists; and an empty account
    /// for each of 16 users.
    /// </summary>
    public static readonly string PrepareSql =
        $"""
        INSERT INTO holds (id, from_account_id, to_account_id, amount, status, expires_at, created_at)
        SELECT ('00000000-0000-7000-8000-0000000000' || n)::uuid, n + 20, n, 100, 'held',
               now() + interval '1 day', now()
        FROM generate_series(51, 58) AS n;
        UPDATE accounts SET held = 100 WHERE id BETWEEN 71 AND 78;
        {Colliding(61, 68)};
        INSERT INTO accounts (user_id) SELECT n FROM generate_series(1, 16) AS n;
        """;

    public static readonly Disturbance[] All =
    [
        new("1 account locked", 2, DepositAsync(1), Lock("accounts WHERE id <= 1")),
        new("8 accounts locked", 16, DepositAsync(8), Lock("accounts WHERE id <= 8")),
        new("50 accounts locked", 100, DepositAsync(50), Lock("accounts WHERE id <= 50")),
        new("8 holds locked", 8, CaptureAsync, Lock("holds")),
        new("8 users locked", 16, DepositAsync(8), Lock("users WHERE id <= 8")),
        new("8 keys locked", 8, DepositWithKeyAsync,
            """
            DELETE FROM idempotency_keys;
            INSERT INTO idempotency_keys (user_id, key, fingerprint, outcome, trace_id, created_at)
            SELECT n, 'key', '', 'claimed', '', now() FROM generate_series(1, 8) AS n
            """),
        new("8 transactions not committed", 8, DepositAsync(8), Colliding(1, 8)),
        new("8 accounts that fail", 8, (http, client) => DepositToAsync(http, 60 + client)),
        new("16 customers who close an account", 16, (http, client) => http.DeleteAsync(
            Relative($"/accounts/{BenchmarkLedger.FewAccounts + client}"))),
        new("streams of HTTP/2 reset", 64, ResetAsync, IsHttp2: true),
    ];

    static readonly TimeSpan ResetAfter = TimeSpan.FromMilliseconds(1);

    public async Task<Running> StartAsync(BenchmarkLedger ledger, ApiProcess api)
    {
        NpgsqlConnection? connection = null;

        if (LockSql.Length > 0)
        {
            connection = new NpgsqlConnection($"{ledger.ConnectionString};Pooling=false");
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand($"BEGIN; {LockSql}", connection);
            await command.ExecuteNonQueryAsync();
        }

        return new Running(this, api, connection);
    }

    static string Lock(string rows) => $"SELECT FROM {rows} FOR UPDATE";

    static string Colliding(int first, int last) =>
        $"""
        INSERT INTO transactions (id, to_account_id, amount, to_balance, to_version, created_at)
        SELECT gen_random_uuid(), id, 1, 1, version + 1, now()
        FROM accounts WHERE id BETWEEN {first} AND {last}
        """;

    static Func<HttpClient, int, Task<HttpResponseMessage>> DepositAsync(int accounts) =>
        (http, client) => DepositToAsync(http, 1 + ((client - 1) % accounts));

    static Task<HttpResponseMessage> DepositToAsync(HttpClient http, int account) =>
        PostAsync(http, account, "/transactions/deposit", $$"""{"account_id":{{account}},"amount":0.01}""");

    static Task<HttpResponseMessage> DepositWithKeyAsync(HttpClient http, int client) =>
        PostAsync(
            http, client, "/transactions/deposit", $$"""{"account_id":{{client}},"amount":0.01}""", "key");

    static Task<HttpResponseMessage> CaptureAsync(HttpClient http, int client) => PostAsync(
        http, 50 + client, $"/holds/00000000-0000-7000-8000-0000000000{50 + client}/capture",
        """{"amount":2}""");

    static async Task<HttpResponseMessage> ResetAsync(HttpClient http, int client)
    {
        using var reset = new CancellationTokenSource(ResetAfter);
        using var request = new HttpRequestMessage(
            HttpMethod.Get, Relative($"/transactions/account/{client}"));
        request.Headers.Authorization = Authorization(client);

        return await http.SendAsync(request, reset.Token);
    }

    static async Task<HttpResponseMessage> PostAsync(
        HttpClient http, int account, string path, string body, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Relative(path))
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = Authorization(account);

        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);

        return await http.SendAsync(request);
    }

    static AuthenticationHeaderValue Authorization(int account) =>
        AuthenticationHeaderValue.Parse(BenchmarkLedger.AuthorizationOf(account));

    static Uri Relative(string path) => new(path, UriKind.Relative);

    /// <summary>The clients of a disturbance, until it ends, and what it leaves uncommitted.</summary>
    internal sealed class Running : IAsyncDisposable
    {
        readonly CancellationTokenSource ended = new();
        readonly NpgsqlConnection? connection;
        readonly HttpClient? shared;
        readonly Task<List<string>[]> clients;

        public Running(Disturbance disturbance, ApiProcess api, NpgsqlConnection? connection)
        {
            this.connection = connection;
            shared = disturbance.IsHttp2 ? Client(api.Http2Address, HttpVersion.Version20) : null;
            clients = Task.WhenAll(Enumerable.Range(1, disturbance.Clients).Select(
                number => LoopAsync(disturbance, api, number)));
        }

        /// <summary>Ends the lock and the clients, and returns what each request was answered.</summary>
        public async Task<IEnumerable<string>> EndAsync()
        {
            if (connection is not null)
                await connection.DisposeAsync();

            await ended.CancelAsync();
            return (await clients).SelectMany(answers => answers);
        }

        public ValueTask DisposeAsync()
        {
            shared?.Dispose();
            ended.Dispose();
            return default;
        }

        static HttpClient Client(Uri address, Version version) => new()
        {
            BaseAddress = address,
            DefaultRequestVersion = version,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

        async Task<List<string>> LoopAsync(Disturbance disturbance, ApiProcess api, int number)
        {
            using var own = shared is null ? Client(api.Address, HttpVersion.Version11) : null;
            var http = shared ?? own!;
            var answers = new List<string>();

            if (own is not null)
                own.DefaultRequestHeaders.Authorization = Authorization(number);

            while (!ended.IsCancellationRequested)
            {
                try
                {
                    using var answer = await disturbance.Send(http, number);
                    answers.Add($"{(int)answer.StatusCode}");
                }
                catch (OperationCanceledException)
                {
                    answers.Add("reset");
                }
                catch (HttpRequestException)
                {
                    answers.Add("closed");
                }
            }

            return answers;
        }
    }
}
