using System.Reflection;
using Bank.Infrastructure.GroupCommit;
using Bank.Tests.Harness;
using Npgsql;

namespace Bank.Tests.Infrastructure.GroupCommit;

/// <summary>Which transactions of other instances may still be posted, as the database knows.</summary>
public sealed class InDoubtQueryTests(BankServer bank)
{
    /// <param name="hours">By how much the clock of the instance that made the id is ahead.</param>
    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(90_000)]
    [InlineData(-90_000)]
    public async Task Transaction_is_in_doubt_while_a_posting_is_held_up(int hours)
    {
        await using var ledger = await IsolatedLedger.CreateAsync(bank);
        var account = await ledger.OpenAccountAsync();
        await using var blocked = await BlockedAccount.BlockAsync(ledger.Database, account);
        var transaction = Guid.CreateVersion7(DateTimeOffset.UtcNow.AddHours(hours));

        var posting = ledger.DepositAsync(account, 1m);
        await Eventually.TrueAsync(
            () => IsInDoubtAsync(ledger, transaction), "the posting has run for longer than a second");
        await blocked.UnblockAsync();
        await posting;

        (await IsInDoubtAsync(ledger, transaction)).ShouldBeFalse();
    }

    [Fact]
    public async Task In_doubt_query_of_another_session_is_no_posting()
    {
        await using var ledger = await IsolatedLedger.CreateAsync(bank);
        var sql = typeof(InDoubtQuery).GetField("Sql", BindingFlags.NonPublic | BindingFlags.Static)!
            .GetRawConstantValue();
        await using var command = ledger.Database.CreateCommand($"{sql}, pg_sleep(60)");
        command.Parameters.AddWithValue("pattern", "");
        command.Parameters.AddWithValue("createdAt", DateTimeOffset.UtcNow);
        using var stop = new CancellationTokenSource();

        var other = command.ExecuteScalarAsync(stop.Token);
        await Eventually.TrueAsync(
            () => RunsForLongAsync(ledger.Database), "it runs for longer than a second");
        var isInDoubt = await IsInDoubtAsync(ledger, Guid.CreateVersion7());
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(other);

        isInDoubt.ShouldBeFalse();
    }

    static Task<bool> IsInDoubtAsync(IsolatedLedger ledger, Guid transaction) => ledger.QueryAsync(
        db => new InDoubtQuery(db, new TakenCommands())
            .IsInDoubtAsync(transaction, CancellationToken.None));

    static Task<bool> RunsForLongAsync(NpgsqlDataSource database) => database.ScalarAsync<bool>(
        """
        SELECT EXISTS (
            SELECT
            FROM pg_stat_activity
            WHERE datname = current_database() AND state = 'active' AND wait_event = 'PgSleep'
              AND query_start < clock_timestamp() - interval '1.5 seconds'
        )
        """);
}
