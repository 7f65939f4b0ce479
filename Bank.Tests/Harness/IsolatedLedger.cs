using Bank.Features.Deposits;
using Bank.Features.Transfers;
using Bank.Features.Withdrawals;
using Bank.Infrastructure.Connections;
using Bank.Infrastructure.Data;
using Bank.Infrastructure.GroupCommit;
using Bank.Infrastructure.Idempotency;
using Bank.Infrastructure.Ledger;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Bank.Tests.Harness;

/// <summary>A group commit on an isolated database, without an API.</summary>
sealed class IsolatedLedger : IAsyncDisposable
{
    /// <summary>
    /// Long: the lock timeout is a small part of it, and a test may block a query that long.
    /// </summary>
    static readonly TimeSpan Patience = TimeSpan.FromHours(1);

    readonly IsolatedDatabase own;
    readonly ServiceProvider services;

    IsolatedLedger(IsolatedDatabase own, GroupCommitOptions options, TimeSpan patience)
    {
        this.own = own;
        Ledger = new RecordedLedger(own.Database);
        services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(new DatabaseOptions { CommitTimeout = patience })
            .AddSingleton(options)
            .AddDatabase(ApiConnection.Of(own.ConnectionString))
            .AddLedger()
            .BuildServiceProvider();
    }

    /// <summary>The database, without the group commit.</summary>
    public NpgsqlDataSource Database => own.Database;

    /// <summary>The connection string of the owner.</summary>
    public string ConnectionString => own.ConnectionString;

    /// <summary>The ledger, without the group commit.</summary>
    public RecordedLedger Ledger { get; }

    GroupCommitter Commands => services.GetRequiredService<GroupCommitter>();

    /// <summary>The only user, owner of every account.</summary>
    public long User { get; private set; }

    public static async Task<IsolatedLedger> CreateAsync(
        BankServer bank, GroupCommitOptions? options = null, TimeSpan? patience = null)
    {
        var ledger = new IsolatedLedger(
            await IsolatedDatabase.CreateMigratedAsync(bank), options ?? new GroupCommitOptions(),
            patience ?? Patience);
        ledger.User = await ledger.Database.ScalarAsync<long>(
            "INSERT INTO users (username, password_hash) VALUES ('owner', '') RETURNING id");

        return ledger;
    }

    /// <summary>Opens an account with a first balance.</summary>
    public async Task<long> OpenAccountAsync(decimal balance = 0)
    {
        var account = await Database.ScalarAsync<long>(
            "INSERT INTO accounts (user_id) VALUES ($1) RETURNING id", User);

        if (balance > 0)
            await Ledger.FundAsync(account, balance);

        return account;
    }

    public Task<PostingResult> PostAsync(MoneyCommand command, IdempotencyKey? key = null) =>
        Commands.PostAsync(command, key);

    /// <summary>Posts a command whose time is over, and expires such commands from now on.</summary>
    public async Task<PostingResult> PostOverdueAsync(MoneyCommand command)
    {
        await Commands.StartAsync(CancellationToken.None);
        return await Commands.PostAsync(command, spent: Patience);
    }

    public Task<PostingResult> DepositAsync(long account, decimal amount) =>
        PostAsync(DepositQuery.Command(User, new(account, amount)));

    public Task<PostingResult> WithdrawAsync(long account, decimal amount) =>
        Commands.PostAsync(WithdrawalQuery.Command(User, new(account, amount)));

    /// <summary>Posts a batch of this many transfers of one cent.</summary>
    public Task<PostingResult> PostBatchAsync(long from, long to, int cents) => Commands.PostAsync(
        BatchTransferQuery.Command(
            User, new([.. Enumerable.Repeat(new TransferRequest(from, to, 0.01m), cents)])));

    public Task<PostingResult> TransferAsync(long from, long to, decimal amount) =>
        Commands.PostAsync(TransferQuery.Command(User, new(from, to, amount)));

    /// <summary>Posts a bulk of this many transfers.</summary>
    public Task<PostingResult[]> BulkAsync(int count, long from, long to, decimal amount) =>
        BulkAsync(Enumerable.Repeat((from, to), count), amount);

    /// <summary>Posts a bulk of transfers of the same amount.</summary>
    public Task<PostingResult[]> BulkAsync(IEnumerable<(long From, long To)> transfers, decimal amount)
    {
        var commands = transfers.Select(one => TransferQuery.Command(User, new(one.From, one.To, amount)))
            .ToArray();

        return Commands.PostAllAsync(commands, new IdempotencyKey?[commands.Length]);
    }

    /// <summary>Runs a query of a slice.</summary>
    public async Task<T> QueryAsync<T>(Func<BankDb, Task<T>> query)
    {
        await using var scope = services.CreateAsyncScope();
        return await query(scope.ServiceProvider.GetRequiredService<BankDb>());
    }

    /// <summary>Stops accepting commands and drains the queue.</summary>
    public Task StopAsync() => Commands.StopAsync(CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        await own.DisposeAsync();
    }
}
