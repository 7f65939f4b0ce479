using System.Net;
using System.Net.Sockets;
using Bank.Tests.Harness;

namespace Bank.Tests.Features.Statements;

/// <summary>Statements longer than all buffers between the database and the client.</summary>
[Trait("Speed", "Slow")]
public sealed class LongStatementTests(BankServer bank)
{
    const int Length = 100_000;
    const int Readers = 12;

    static readonly string[] Formats = ["json", "csv", "html", "camt", "ofx"];

    [Fact]
    public async Task A_streamed_statement_aborts_when_a_transaction_is_missing()
    {
        await using var own = await IsolatedBank.StartAsync(bank);
        var (customer, account) = await HistoryAsync(own);
        var begun = new List<HttpResponseMessage>();

        foreach (var format in Formats)
            begun.Add(await customer.Http.GetAsync(
                $"/accounts/{account}/statement?format={format}", HttpCompletionOption.ResponseHeadersRead));

        await own.Database.ExecuteAsync("ALTER TABLE transactions DISABLE TRIGGER USER");
        await own.Database.ExecuteAsync(
            "DELETE FROM transactions WHERE from_account_id = $1 AND from_version = $2", account,
            (long)Length);

        foreach (var response in begun)
        {
            response.StatusCode.ShouldBe(HttpStatusCode.OK);
            await Should.ThrowAsync<HttpRequestException>(() => response.Content.ReadAsByteArrayAsync());
            response.Dispose();
        }

        (await customer.BalanceAsync(account)).ShouldBe(0m);
    }

    [Fact]
    public async Task A_lost_connection_aborts_a_statement_without_an_error_log()
    {
        await using var own = await IsolatedBank.StartAsync(bank);
        var (customer, account) = await HistoryAsync(own);
        using var begun = await customer.Http.GetAsync(
            $"/accounts/{account}/statement", HttpCompletionOption.ResponseHeadersRead);

        await LetInAsync(own, connections: 0);
        await own.Database.ExecuteAsync(
            """
            SELECT pg_terminate_backend(pid)
            FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()
            """);

        await Should.ThrowAsync<HttpRequestException>(() => begun.Content.ReadAsByteArrayAsync());
        own.Output.ShouldNotContain("fail: ");
        await LetInAsync(own, connections: -1);
        await Eventually.TrueAsync(
            async () =>
            {
                using var whole = await customer.Http.GetAsync(
                    $"/accounts/{account}/statement"
                    + $"?since={LongHistory.At(Length - 5000):yyyy-MM-ddTHH:mm:ssZ}");
                return whole.StatusCode == HttpStatusCode.OK
                    && (await whole.JsonAsync()).GetProperty("transactions").GetArrayLength() == 5001;
            },
            "statements are whole again");
    }

    [Fact]
    public async Task Stalled_statement_readers_do_not_block_the_database()
    {
        await using var own = await IsolatedBank.StartAsync(
            bank, "Database:GeneralConnections=4", "Database:CommitTimeout=00:00:04");
        var (customer, account) = await HistoryAsync(own);
        var readers = new List<TcpClient>();

        try
        {
            for (var reader = 0; reader < Readers; reader++)
            {
                var path = $"/accounts/{account}/statement?format={Formats[reader % Formats.Length]}";
                readers.Add(await SlowReader.RequestAsync(own.Address, customer, path, requests: 1));
            }

            await Eventually.TrueAsync(() => AreStuckAsync(own, readers), "the answers fill all buffers");
            using var read = await customer.Http.GetAsync($"/accounts/{account}");
            using var deposit = await customer.DepositAsync(account, 1m);

            read.StatusCode.ShouldBe(HttpStatusCode.OK);
            deposit.StatusCode.ShouldBe(HttpStatusCode.Created);
        }
        finally
        {
            readers.ForEach(reader => reader.Dispose());
        }
    }

    /// <summary>Limits the connections to the database; -1 means unlimited.</summary>
    static Task<int> LetInAsync(IsolatedBank own, int connections) => own.Database.ExecuteAsync(
        "DO $$ BEGIN EXECUTE format("
        + $"'ALTER DATABASE %I CONNECTION LIMIT {connections}', current_database()); END $$");

    /// <summary>Whether every response has begun and no query runs for any of them.</summary>
    static async Task<bool> AreStuckAsync(IsolatedBank own, List<TcpClient> readers) =>
        readers.TrueForAll(reader => reader.Available > 0)
        && await own.Database.ScalarAsync<bool>(
            """
            SELECT count(*) = 0
            FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()
              AND (state <> 'idle'
                   OR now() - state_change < interval '500 milliseconds' AND query LIKE '%history AS%')
            """);

    static async Task<(Customer Customer, long Account)> HistoryAsync(IsolatedBank own)
    {
        var customer = await own.RegisterAsync();
        var account = await customer.OpenAccountAsync();
        await LongHistory.WriteAsync(own.Database, account, Length);

        return (customer, account);
    }
}
