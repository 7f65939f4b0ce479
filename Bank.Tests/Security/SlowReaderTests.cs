using System.Net;
using System.Net.Sockets;
using Bank.Tests.Harness;

namespace Bank.Tests.Security;

/// <summary>A client that stops reading a response occupies no database connection.</summary>
[Trait("Speed", "Slow")]
public sealed class SlowReaderTests(BankServer bank)
{
    const int Readers = 30;
    const int RequestsEach = 100;

    [Fact]
    public async Task Stalled_readers_of_long_responses_do_not_block_the_database()
    {
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

        try
        {
            for (var reader = 0; reader < Readers; reader++)
                readers.Add(await SlowReader.RequestAsync(own.Address, customer, account, RequestsEach));

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

    /// <summary>Whether no more data arrives although none was read: all buffers are full.</summary>
    static async Task<bool> AreStuckAsync(List<TcpClient> readers)
    {
        var before = readers.Sum(reader => reader.Available);
        await Task.Delay(200);

        return before > 0 && readers.Sum(reader => reader.Available) == before;
    }
}
