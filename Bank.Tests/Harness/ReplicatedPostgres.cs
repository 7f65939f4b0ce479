namespace Bank.Tests.Harness;

/// <summary>
/// A PostgreSQL that has a synchronous standby, for tests of what happens when one of the two is gone. It is
/// set up once for several tests, which leave it as they like and heal it before they begin.
/// </summary>
public sealed class ReplicatedPostgres : IAsyncLifetime
{
    readonly string directory = Directory.CreateTempSubdirectory("bank-pair-").FullName;
    PostgresNode[] nodes = [];

    public ReplicatedPostgres() => AppDomain.CurrentDomain.ProcessExit += KillAll;

    /// <summary>The server that is written to, or was until it was killed or cut off.</summary>
    internal PostgresNode Primary { get; private set; } = null!;

    internal PostgresNode Standby { get; private set; } = null!;

    /// <summary>The hosts as a connection string lists them, the primary first.</summary>
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

    /// <summary>Makes a pair again of whatever a fault left.</summary>
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
    /// Makes the standby the primary, as who watches over the pair does; the old one may live on.
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

    /// <summary>Whether commits wait for the standby and it has all up to a place in the log.</summary>
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
