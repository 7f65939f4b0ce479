using System.Diagnostics;
using Bank.Features.Holds;
using Bank.Features.Transfers;
using Bank.Infrastructure.Idempotency;
using Bank.Infrastructure.Ledger;
using Bank.Tests.Harness;

namespace Bank.Tests.Infrastructure.GroupCommit;

/// <summary>
/// A money query touches the rows of five tables. Whichever of them another session has locked, only the
/// commands that need it wait.
/// </summary>
public sealed class LockedRowTests(BankServer bank)
{
    const int Rows = 8;

    /// <summary>The default, so that the lock timeout of a money query is that of production.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>The SQL that locks eight rows, and whether the commands on them wait for it.</summary>
    public static TheoryData<string, string, bool> Locks => new()
    {
        { "accounts", "SELECT FROM accounts WHERE id <= 8 FOR UPDATE", true },
        { "holds", "SELECT FROM holds FOR UPDATE", true },
        { "users", "SELECT FROM users FOR UPDATE", false },
        {
            "new keys",
            """
            INSERT INTO idempotency_keys (user_id, key, fingerprint, outcome, trace_id, created_at)
            SELECT 1, 'key ' || n, '', 'claimed', '', now() FROM generate_series(1, 8) AS n
            """,
            true
        },
        { "old keys", "DELETE FROM idempotency_keys", true },
        { "read keys", "SELECT FROM idempotency_keys FOR UPDATE", false },
        {
            "payers' transactions",
            """
            INSERT INTO transactions (id, from_account_id, amount, from_balance, from_version, created_at)
            SELECT gen_random_uuid(), id, 1, 0, version + 1, now() FROM accounts WHERE id <= 8
            """,
            true
        },
        {
            "payees' transactions",
            """
            INSERT INTO transactions (id, to_account_id, amount, to_balance, to_version, created_at)
            SELECT gen_random_uuid(), id, 1, 1, version + 1, now() FROM accounts WHERE id BETWEEN 9 AND 16
            """,
            true
        },
    };

    [Theory]
    [MemberData(nameof(Locks))]
    public async Task Locked_rows_delay_only_their_own_commands(string rows, string sql, bool isWaiting)
    {
        await using var ledger = await IsolatedLedger.CreateAsync(bank, patience: Patience);
        var accounts = new List<long>();

        for (var index = 0; index < 2 * Rows; index++)
            accounts.Add(await ledger.OpenAccountAsync(100m));

        long[] others = [await ledger.OpenAccountAsync(100m), await ledger.OpenAccountAsync()];
        var commands = await CommandsAsync(ledger, accounts, rows);
        Task<PostingResult>[] asked;
        var time = new Stopwatch();

        await using (await LockedRows.LockAsync(ledger.Database, sql))
        {
            asked = Array.ConvertAll(commands, command => ledger.PostAsync(command.Command, command.Key));
            time.Start();

            for (var count = 0; count < 30; count++)
                (await ledger.TransferAsync(others[0], others[1], 0.01m)).IsPosted.ShouldBeTrue();

            time.Stop();

            if (!isWaiting)
                await Task.WhenAll(asked);

            asked.Count(answer => answer.IsCompleted).ShouldBe(isWaiting ? 0 : Rows);
        }

        time.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(5), "half a second each, if they waited");
        (await Task.WhenAll(asked)).ShouldAllBe(result => result.IsPosted);
        await ledger.Ledger.ShouldHoldAsync([.. accounts, .. others]);
    }

    /// <summary>A transfer from each of the first eight accounts, or the capture of a hold of each.</summary>
    static async Task<(MoneyCommand Command, IdempotencyKey? Key)[]> CommandsAsync(
        IsolatedLedger ledger, List<long> accounts, string rows)
    {
        var commands = new (MoneyCommand, IdempotencyKey?)[Rows];

        for (var index = 0; index < Rows; index++)
        {
            var (from, to) = (accounts[index], accounts[index + Rows]);
            var key = new IdempotencyKey(ledger.User, $"key {index + 1}", "fingerprint", "trace");

            if (rows is "old keys" or "read keys")
                await ledger.PostAsync(TransferQuery.Command(ledger.User, new(from, to, 1m)), key);

            commands[index] = rows is "holds"
                ? (CaptureHoldQuery.Command(
                    ledger.User, await PlaceHoldAsync(ledger, from, to), new(default)), null)
                : (TransferQuery.Command(ledger.User, new(from, to, 1m)), key);
        }

        return commands;
    }

    static async Task<HoldResponse> PlaceHoldAsync(IsolatedLedger ledger, long from, long to)
    {
        var placed = await ledger.PostAsync(PlaceHoldQuery.Command(ledger.User, new(from, to, 1m), 60));

        return new HoldResponse(
            placed.Id, from, to, 1m, null, "held", placed.CreatedAt.AddMinutes(1), placed.CreatedAt, null);
    }
}
