using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using LinqToDB;
using LinqToDB.Data;
using LinqToDB.DataProvider.PostgreSQL;
using LinqToDB.Mapping;
using Microsoft.Extensions.ObjectPool;
using Npgsql;

namespace Bank.Infrastructure.Data;

/// <summary>
/// Runs statements on a connection that each of them borrows and gives back, so that nobody who reads an
/// answer slowly holds one; in a transaction it is held until its end. A decimal that is read is money, from a
/// column of cents.
/// </summary>
sealed class BankDb : DataConnection, IAsyncDisposable
{
    /// <summary>Where PostgreSQL warns that a commit is not on its standby (syncrep.c).</summary>
    const string WaitForStandby = "SyncRepWaitForLSN";

    static readonly DataOptions Settings = new DataOptions()
        .UsePostgreSQL(PostgreSQLVersion.v15).UseMappingSchema(MapMoney());

    /// <summary>What a statement says that changes something; asked only when its connection broke.</summary>
    static readonly Regex Change = new(@"\b(INSERT|UPDATE|DELETE)\b");

    readonly StrongBox<bool> isUnconfirmed;
    readonly bool staysOpen;
    readonly ObjectPool<BankDb>? home;

    /// <param name="pool">Where the connections come from, asked whenever one is opened.</param>
    /// <param name="staysOpen">Whether the connection is held until disposal instead.</param>
    /// <param name="home">
    /// Where disposal puts it for the next who needs one, if anywhere: making one combines the schemas of its
    /// mapping anew, a tenth of what the API takes to read an account.
    /// </param>
    public BankDb(Func<NpgsqlDataSource> pool, bool staysOpen = false, ObjectPool<BankDb>? home = null)
        : this(pool, staysOpen, home, new StrongBox<bool>())
    {
    }

    BankDb(Func<NpgsqlDataSource> pool, bool staysOpen, ObjectPool<BankDb>? home, StrongBox<bool> isUnconfirmed)
        : base(OptionsOf(pool, isUnconfirmed))
    {
        this.staysOpen = staysOpen;
        this.home = home;
        this.isUnconfirmed = isUnconfirmed;
    }

    /// <summary>
    /// Whether the database said of a commit that it is not on the standby that it was to wait for: it is there
    /// for now, and gone if that standby takes over.
    /// </summary>
    public bool IsUnconfirmed => isUnconfirmed.Value;

    /// <summary>Runs a query and answers its rows.</summary>
    /// <exception cref="UnconfirmedCommitException">It changes something, and the connection broke over it.</exception>
    public Task<T[]> QueryToArrayAsync<T>(string sql, object? parameters, CancellationToken ct = default) =>
        RunAsync(sql, () => DataContextExtensions.QueryToArrayAsync<T>(this, sql, parameters, ct), ct);

    /// <summary>Runs a statement and answers the first value of its first row.</summary>
    /// <exception cref="UnconfirmedCommitException">It changes something, and the connection broke over it.</exception>
    public Task<T> ExecuteAsync<T>(string sql, object? parameters, CancellationToken ct = default) =>
        RunAsync(sql, () => DataContextExtensions.ExecuteAsync<T>(this, sql, parameters, ct), ct);

    /// <summary>Runs a statement and answers how many rows it changed.</summary>
    /// <exception cref="UnconfirmedCommitException">It changes something, and the connection broke over it.</exception>
    public Task<int> ExecuteAsync(string sql, object? parameters, CancellationToken ct = default) =>
        RunAsync(sql, () => DataContextExtensions.ExecuteAsync(this, sql, parameters, ct), ct);

    /// <summary>Runs statements in one transaction, on one connection.</summary>
    /// <exception cref="UnconfirmedCommitException">The connection broke over the commit.</exception>
    public async Task<T> InTransactionAsync<T>(Func<Task<T>> statements, CancellationToken ct)
    {
        try
        {
            await using var transaction = await BeginTransactionAsync(ct);
            var result = await statements();

            try
            {
                await transaction.CommitAsync(ct);
                return Confirmed(result);
            }
            catch (Exception lost) when (MayHaveHappened(lost))
            {
                throw new UnconfirmedCommitException(lost);
            }
        }
        finally
        {
            await CloseAsync();
        }
    }

    public new ValueTask DisposeAsync()
    {
        if (home is null || Transaction is not null)
            return base.DisposeAsync();

        isUnconfirmed.Value = false;
        home.Return(this);
        return ValueTask.CompletedTask;
    }

    async Task<T> RunAsync<T>(string sql, Func<Task<T>> statement, CancellationToken ct)
    {
        if (staysOpen)
            return await statement();

        await OpenDbConnectionAsync(ct);

        try
        {
            return Confirmed(await statement());
        }
        catch (Exception lost) when (Transaction is null && MayHaveHappened(lost) && Change.IsMatch(sql))
        {
            throw new UnconfirmedCommitException(lost);
        }
        finally
        {
            if (Transaction is null)
                await CloseAsync();
        }
    }

    /// <summary>Whether the server did not say that it took back what it was sent.</summary>
    static bool MayHaveHappened(Exception exception) =>
        exception is NpgsqlException or OperationCanceledException
        && exception is not PostgresException { InvariantSeverity: "ERROR" };

    T Confirmed<T>(T result) => IsUnconfirmed
        ? throw new UnconfirmedCommitException(new IOException("The standby did not confirm a commit."))
        : result;

    static DataOptions OptionsOf(Func<NpgsqlDataSource> pool, StrongBox<bool> isUnconfirmed) =>
        Settings.UseConnectionFactory(_ =>
        {
            var connection = pool().CreateConnection();
            connection.Notice += (_, said) => isUnconfirmed.Value |= said.Notice.Routine == WaitForStandby;

            return connection;
        });

    static MappingSchema MapMoney()
    {
        var schema = new MappingSchema();
        schema.SetConverter<long, decimal>(cents => Cents.ToAmount(cents));

        return schema;
    }
}
