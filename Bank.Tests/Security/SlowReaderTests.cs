using System.Net;
using System.Net.Sockets;
using Bank.Tests.Harness;

namespace Bank.Tests.Security;

/// <summary>A client that stops reading a response occupies no database connection.</summary>
[Trait("Speed", "Slow")]
public sealed class SlowReaderTests(BankServer bank)
{
    const int Readers = 30;

    [Theory]
    [MemberData(nameof(HttpVersions.Both), MemberType = typeof(HttpVersions))]
    public async Task Stalled_readers_of_long_responses_do_not_block_the_database(string version)
    {
        HttpVersions.Speak(version);
        await using var own = await IsolatedBank.StartAsync(
            bank, "Database:GeneralConnections=4", "Database:CommitTimeout=00:00:04");
        var customer = await own.RegisterAsync();
        var account = await customer.OpenAccountAsync();
        await own.Database.ExecuteAsync(
            """
            WITH paid AS (
                INSERT INTO transactions (id, to_account_id, amount, to_balance, to_version, created_at)
                SELECT gen_random_uuid(), $1, 1, n, n, now() FROM generate_series(1, 1000) AS n
            )
            UPDATE accounts SET balance = 1000, version = 1000 WHERE id = $1
            """,
            account);
        var readers = new List<TcpClient>();
        // HTTP/1.1 answers them one by one. Over HTTP/2 one exhausts the window.
        var requestsEach = HttpVersions.IsHttp2 ? 1 : 100;

        try
        {
            for (var reader = 0; reader < Readers; reader++)
                readers.Add(await SlowReader.RequestAsync(own.Address, customer, account, requestsEach));

            await Eventually.TrueAsync(() => AreStuckAsync(readers), "the answers fill all buffers");
            using var read = await customer.Http.GetAsync($"/accounts/{account}");
            using var deposit = await customer.DepositAsync(account, 1m);

            read.StatusCode.ShouldBe(HttpStatusCode.OK);
            deposit.StatusCode.ShouldBe(HttpStatusCode.Created);
        }
        finally
        {
            readers.ForEach(reader => reader.Dispose());
        }

        await own.Ledger.ShouldHoldAsync(account);
    }

    [Fact]
    public async Task Unread_statements_keep_little_memory_and_are_cut()
    {
        // Over HTTP/2 the stream is cut, and its connection stays open.
        HttpVersions.Speak(HttpVersions.Http1);
        const int Statements = 200;
        await using var own = await IsolatedBank.StartAsync(
            bank, "Serving:ReadTimeout=00:00:05", "Database:CommitTimeout=00:01:00");
        var customer = await own.RegisterAsync();
        var account = await customer.OpenAccountAsync();
        await LongHistory.WriteAsync(own.Database, account, 20_000);
        using var read = await customer.Http.GetAsync($"/accounts/{account}/statement");
        var before = own.Status("VmRSS");
        var files = own.OpenFiles;
        var readers = new List<TcpClient>();

        try
        {
            for (var reader = 0; reader < Statements; reader++)
                readers.Add(await SlowReader.RequestAsync(
                    own.Address, customer, $"/accounts/{account}/statement", requests: 1));

            await Eventually.TrueAsync(
                () => readers.TrueForAll(reader => reader.Available > 0), "every response has begun");
            await Eventually.TrueAsync(() => own.OpenFiles < files + 60, "readers that read nothing are cut");

            // In KiB, at the peak.
            (own.Status("VmHWM") - before).ShouldBeLessThan(Statements * 1024);
        }
        finally
        {
            readers.ForEach(reader => reader.Dispose());
        }
    }

    /// <summary>Whether no more data arrives although none was read: all buffers are full.</summary>
    static async Task<bool> AreStuckAsync(List<TcpClient> readers)
    {
        var before = readers.Sum(reader => reader.Available);
        await Task.Delay(200);

        return readers.TrueForAll(reader => reader.Available > 1000)
            && readers.Sum(reader => reader.Available) == before;
    }
}
