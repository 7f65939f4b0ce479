namespace Bank.Tests.Harness;

/// <summary>
/// A PostgreSQL with a synchronous standby, for failover tests. Several tests share one pair: each heals it
/// at its start and may leave it in any state.
/// </summary>
public sealed class ReplicatedPostgres : IAsyncLifetime
{
    readonly string directory = Directory.CreateTempSubdirectory("bank-pair-").FullName;
    PostgresNode[] nodes = [];

    public ReplicatedPostgres() => AppDomain.CurrentDomain.ProcessExit += KillAll;

    /// <summary>The primary, or the last one if it was killed or cut off.</summary>
    internal PostgresNode Primary { get; private set; } = null!;

    internal PostgresNode Standby { get; private set; } = null!;

    /// <summary>The host list of a connection string, the primary first.</summary>
    internal string Hosts => $"{Primary.Host},{Standby.Host}";

    public async ValueTask InitializeAsync()
    {
        if (PostgresNode.Binaries is null)
            return;

        nodes = [new PostgresNode(directory, "a"), new PostgresNode(directory, "b")];
        (Primary, Standby) = (nodes[0], nodes[1]);
        await Primary.CreateAsync();
        await HealAsync();
    }

    /// <summary>Restores a healthy pair after any fault.</summary>
    internal async Task HealAsync()
    {
        Assert.SkipWhen(nodes is [], "There is no pg_basebackup beside the server programs.");

        if (!Primary.IsRunning)
            await Primary.StartAsync();

        await Primary.WaitForStandbyAsync(false);

        if (!Standby.IsRunning || !await IsFollowedAsync())
            await Standby.FollowAsync(Primary);

        await Primary.WaitForStandbyAsync(true);
        await Eventually.TrueAsync(() => HasAsync("0/0"), "commits wait for the standby");
        var written = await Primary.ScalarAsync<string>("SELECT pg_current_wal_lsn()::text");
        await Eventually.TrueAsync(() => HasAsync(written), "the standby has what did not wait for it");
    }

    /// <summary>
    /// Promotes the standby, as a cluster manager does; the old primary may keep running.
    /// </summary>
    internal async Task PromoteAsync()
    {
        await Standby.PromoteAsync();
        (Primary, Standby) = (Standby, Primary);
        await Primary.WaitForStandbyAsync(false);
    }

    public ValueTask DisposeAsync()
    {
        KillAll(null, EventArgs.Empty);
        AppDomain.CurrentDomain.ProcessExit -= KillAll;
        Directory.Delete(directory, recursive: true);

        return ValueTask.CompletedTask;
    }

    Task<bool> IsFollowedAsync() => Primary.ScalarAsync<bool>(
        "SELECT EXISTS (SELECT FROM pg_stat_replication WHERE sync_state = 'sync' OR sync_state = 'async')");

    /// <summary>Whether commits wait for the standby and it has received the WAL up to a position.</summary>
    Task<bool> HasAsync(string place) => Primary.ScalarAsync<bool>(
        $"""
        SELECT EXISTS (
            SELECT FROM pg_stat_replication WHERE sync_state IN ('sync', 'quorum') AND flush_lsn >= '{place}')
        """);

    void KillAll(object? sender, EventArgs exit)
    {
        foreach (var node in nodes)
            node.Kill();
    }
}
