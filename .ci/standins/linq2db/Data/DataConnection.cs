using System.Data;
using System.Data.Common;
using Npgsql;

namespace LinqToDB.Data;

/// <summary>One connection, opened when it is first needed and held until it is disposed of.</summary>
public class DataConnection(DataOptions options) : IDataContext
{
    private DbConnection? connection;
    private int? commandTimeout;
    private bool disposed;

    public DbTransaction? Transaction { get; internal set; }

    /// <summary>In seconds; 0 is no limit, and -1 stands for the connection's own.</summary>
    public int CommandTimeout
    {
        get => commandTimeout ?? -1;
        set => commandTimeout = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value));
    }

    public DbConnection? TryGetDbConnection() => connection;

    public DbConnection OpenDbConnection()
    {
        var created = GetOrCreate();
        if (created.State == ConnectionState.Closed)
            created.Open();

        return created;
    }

    public async Task<DbConnection> OpenDbConnectionAsync(CancellationToken cancellationToken)
    {
        var created = GetOrCreate();
        if (created.State == ConnectionState.Closed)
            await created.OpenAsync(cancellationToken);

        return created;
    }

    public virtual Task<DataConnectionTransaction> BeginTransactionAsync(
        CancellationToken cancellationToken = default) =>
        BeginTransactionAsync(IsolationLevel.Unspecified, cancellationToken);

    public virtual async Task<DataConnectionTransaction> BeginTransactionAsync(
        IsolationLevel isolationLevel, CancellationToken cancellationToken = default)
    {
        if (Transaction is not null)
            throw new InvalidOperationException("Data connection already has transaction");

        var open = await OpenDbConnectionAsync(cancellationToken);
        Transaction = await open.BeginTransactionAsync(isolationLevel, cancellationToken);

        return new DataConnectionTransaction(this, Transaction);
    }

    public async ValueTask DisposeAsync()
    {
        if (connection is not null)
            await connection.DisposeAsync();

        Dispose();
    }

    public void Dispose()
    {
        connection?.Dispose();
        connection = null;
        disposed = true;
        GC.SuppressFinalize(this);
    }

    internal async Task<NpgsqlCommand> CreateCommandAsync(string sql, object? parameters, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(sql, (NpgsqlConnection)await OpenDbConnectionAsync(cancellationToken));
        if (commandTimeout is not null)
            command.CommandTimeout = commandTimeout.Value;
        foreach (var parameter in DataParameter.From(parameters))
            command.Parameters.Add(parameter);

        return command;
    }

    private DbConnection GetOrCreate()
    {
        ObjectDisposedException.ThrowIf(disposed, this);

        return connection ??= options.ConnectionFactory?.Invoke(options)
            ?? throw new LinqToDBException("No connection: configure it by UseConnectionFactory.");
    }
}

/// <summary>Rolls back when it is disposed of before it was committed.</summary>
public class DataConnectionTransaction : IAsyncDisposable
{
    private readonly DbTransaction transaction;

    internal DataConnectionTransaction(DataConnection dataConnection, DbTransaction transaction) =>
        (DataConnection, this.transaction) = (dataConnection, transaction);

    public DataConnection DataConnection { get; }

    public async Task CommitAsync(CancellationToken cancellationToken = default)
    {
        await transaction.CommitAsync(cancellationToken);
        await DisposeAsync();
    }

    public async Task RollbackAsync(CancellationToken cancellationToken = default)
    {
        await transaction.RollbackAsync(cancellationToken);
        await DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (DataConnection.Transaction != transaction)
            return;

        DataConnection.Transaction = null;
        await transaction.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
