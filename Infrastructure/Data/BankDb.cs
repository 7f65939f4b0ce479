using System.Runtime.CompilerServices;
using Bank.Infrastructure.Connections;
using LinqToDB;
using LinqToDB.Data;
using LinqToDB.DataProvider.PostgreSQL;
using LinqToDB.Mapping;
using Microsoft.Extensions.ObjectPool;
using Npgsql;

namespace Bank.Infrastructure.Data;

/// <summary>
/// Runs SQL. Each query rents a connection and returns it before its rows are used, so that a slow reader of
/// a response occupies none; a transaction keeps its connection to its end. The caller says whether SQL reads
/// (<c>Query…</c>) or changes something (<c>…Change…</c>): only of a change is the outcome unknown when the
/// connection breaks. Columns map to members by <see cref="ColumnNames"/>; a smallint that is read as a text
/// is a currency, and a bigint that is read as a decimal is an amount in hundredths, which <see
/// cref="IAmounts"/> converts to the currency of the row.
/// </summary>
sealed class BankDb : DataConnection, IAsyncDisposable
{
    /// <summary>Where PostgreSQL warns that a commit is not on its standby (syncrep.c).</summary>
    const string WaitForStandby = "SyncRepWaitForLSN";

    static readonly DataOptions Settings = new DataOptions()
        .UsePostgreSQL(PostgreSQLVersion.v15).UseMappingSchema(CreateMapping());

    readonly StrongBox<bool> isUnconfirmed;
    readonly bool holdsConnection;
    readonly ObjectPool<BankDb>? pool;
    readonly ConnectionQueue? queue;
    readonly Func<CancellationToken, Task> open;
    bool isCounted;

    /// <param name="connections">Gives the data source whenever a connection is opened.</param>
    /// <param name="holdsConnection">Whether one connection is kept until disposal.</param>
    /// <param name="pool">
    /// The pool it returns to on disposal. Building a <see cref="DataConnection"/> recombines its mapping
    /// schemas, about 10 % of the cost of reading an account.
    /// </param>
    /// <param name="queue">Where it waits for a connection while the server is full.</param>
    public BankDb(
        Func<NpgsqlDataSource> connections, bool holdsConnection = false, ObjectPool<BankDb>? pool = null,
        ConnectionQueue? queue = null)
        : this(connections, holdsConnection, pool, queue, new StrongBox<bool>())
    {
    }

    BankDb(
        Func<NpgsqlDataSource> connections, bool holdsConnection, ObjectPool<BankDb>? pool,
        ConnectionQueue? queue, StrongBox<bool> isUnconfirmed)
        : base(CreateOptions(connections, isUnconfirmed))
    {
        this.holdsConnection = holdsConnection;
        this.pool = pool;
        this.queue = queue;
        open = ct => OpenDbConnectionAsync(ct);
        this.isUnconfirmed = isUnconfirmed;
    }

    /// <summary>
    /// Whether the database warned that a commit is not on the standby that it had to wait for: it is lost if
    /// that standby takes over.
    /// </summary>
    public bool IsUnconfirmed => isUnconfirmed.Value;

    /// <summary>Runs SQL that changes nothing and returns its rows.</summary>
    public async Task<T[]> QueryAsync<T>(string sql, object? parameters, CancellationToken ct = default) =>
        InCurrencies(await RunAsync(
            () => this.QueryToArrayAsync<T>(sql, parameters, ct), changes: false, ct));

    /// <summary>Runs SQL that changes nothing and returns its only row, or null without one.</summary>
    public async Task<T?> QuerySingleOrDefaultAsync<T>(
        string sql, object? parameters, CancellationToken ct = default)
        where T : class =>
        (await QueryAsync<T>(sql, parameters, ct)).SingleOrDefault();

    /// <summary>Runs SQL that changes nothing and returns the first value of its first row.</summary>
    public Task<T> QueryScalarAsync<T>(string sql, object? parameters, CancellationToken ct = default) =>
        RunAsync(() => DataContextExtensions.ExecuteAsync<T>(this, sql, parameters, ct), changes: false, ct);

    /// <summary>Runs SQL that changes something and returns its rows.</summary>
    /// <exception cref="UnconfirmedCommitException">The connection broke after it was sent.</exception>
    public Task<T[]> ChangeAsync<T>(string sql, object? parameters, CancellationToken ct = default) =>
        RunAsync(() => this.QueryToArrayAsync<T>(sql, parameters, ct), changes: true, ct);

    /// <summary>Runs SQL that changes something and returns the first value of its first row.</summary>
    /// <exception cref="UnconfirmedCommitException">The connection broke after it was sent.</exception>
    public Task<T> ChangeScalarAsync<T>(string sql, object? parameters, CancellationToken ct = default) =>
        RunAsync(() => DataContextExtensions.ExecuteAsync<T>(this, sql, parameters, ct), changes: true, ct);

    /// <summary>Runs SQL that changes something and returns the number of changed rows.</summary>
    /// <exception cref="UnconfirmedCommitException">The connection broke after it was sent.</exception>
    public Task<int> ExecuteChangeAsync(string sql, object? parameters, CancellationToken ct = default) =>
        RunAsync(() => DataContextExtensions.ExecuteAsync(this, sql, parameters, ct), changes: true, ct);

    /// <summary>Runs queries in one transaction, on one connection.</summary>
    /// <exception cref="UnconfirmedCommitException">The connection broke during the commit.</exception>
    public async Task<T> InTransactionAsync<T>(Func<Task<T>> queries, CancellationToken ct)
    {
        await OpenAsync(ct);

        try
        {
            await using var transaction = await BeginTransactionAsync(ct);
            var result = await queries();

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
            await ReturnAsync();
        }
    }

    public new ValueTask DisposeAsync()
    {
        if (pool is null || Transaction is not null)
            return base.DisposeAsync();

        isUnconfirmed.Value = false;
        pool.Return(this);
        return ValueTask.CompletedTask;
    }

    async Task<T> RunAsync<T>(Func<Task<T>> query, bool changes, CancellationToken ct)
    {
        if (holdsConnection)
            return await query();

        await OpenAsync(ct);

        try
        {
            // From here on the query may have been sent.
            ct.ThrowIfCancellationRequested();
        }
        catch
        {
            await CloseAsync();
            throw;
        }

        try
        {
            return Confirmed(await query());
        }
        catch (Exception lost) when (changes && Transaction is null && MayHaveHappened(lost))
        {
            throw new UnconfirmedCommitException(lost);
        }
        finally
        {
            if (Transaction is null)
                await ReturnAsync();
        }
    }

    async ValueTask OpenAsync(CancellationToken ct)
    {
        if (queue is null || Transaction is not null)
            await open(ct);
        else
            isCounted = await queue.OpenAsync(open, ct);
    }

    async ValueTask ReturnAsync()
    {
        await CloseAsync();
        queue?.Return(isCounted);
        isCounted = false;
    }

    /// <summary>Whether a failed change may have committed: an ERROR of the server is a rollback.</summary>
    static bool MayHaveHappened(Exception exception) =>
        exception is NpgsqlException or OperationCanceledException
        && exception is not PostgresException { InvariantSeverity: "ERROR" };

    T Confirmed<T>(T result) => IsUnconfirmed
        ? throw new UnconfirmedCommitException(new IOException("The standby did not confirm a commit."))
        : result;

    static T[] InCurrencies<T>(T[] rows)
    {
        if (!typeof(T).IsAssignableTo(typeof(IAmounts)))
            return rows;

        for (var index = 0; index < rows.Length; index++)
        {
            if (rows[index] is IAmounts { Currency: { } code } row)
                rows[index] = (T)row.Convert(Currencies.From(code).FromHundredths);
        }

        return rows;
    }

    static DataOptions CreateOptions(Func<NpgsqlDataSource> connections, StrongBox<bool> isUnconfirmed) =>
        Settings.UseConnectionFactory(_ =>
        {
            var connection = connections().CreateConnection();
            connection.Notice += (_, message) =>
                isUnconfirmed.Value |= message.Notice.Routine == WaitForStandby;

            return connection;
        });

    static MappingSchema CreateMapping()
    {
        var schema = new MappingSchema { ColumnNameComparer = new ColumnNames() };
        schema.SetConverter<long, decimal>(cents => Cents.ToDecimal(cents));
        schema.SetConverter<short, string?>(number => Currencies.CodeOf(number));

        return schema;
    }
}
