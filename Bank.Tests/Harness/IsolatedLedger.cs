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

/// <summary>A database of a test's own and the group commit on it, without an API before it.</summary>
sealed class IsolatedLedger : IAsyncDisposable
{
    /// <summary>Statements wait for a twentieth of it for a lock, for which a test may hold one.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    readonly IsolatedDatabase own;
    readonly ServiceProvider services;

    IsolatedLedger(IsolatedDatabase own, GroupCommitOptions options, IMoneyQuery[] more)
    {
        this.own = own;
        Ledger = new RecordedLedger(own.Database);
        var registered = new ServiceCollection()
            .AddLogging()
            .AddSingleton(new DatabaseOptions { CommitTimeout = Patience })
            .AddSingleton(options)
            .AddDatabase(ApiConnection.Of(own.ConnectionString))
            .AddLedger();

        foreach (var statement in more)
            registered.AddSingleton(statement);

        services = registered.BuildServiceProvider();
    }

    /// <summary>The database past the group commit.</summary>
    public NpgsqlDataSource Database => own.Database;

    /// <summary>How the owner of the database connects to it.</summary>
    public string ConnectionString => own.ConnectionString;

    /// <summary>The ledger past the group commit.</summary>
    public RecordedLedger Ledger { get; }

    GroupCommitter Commands => services.GetRequiredService<GroupCommitter>();

    /// <summary>The one user, who owns every account.</summary>
    public long User { get; private set; }

    /// <summary>Creates one, with more statements than the slices have, if there are.</summary>
    public static async Task<IsolatedLedger> CreateAsync(
        BankServer bank, GroupCommitOptions? options = null, params IMoneyQuery[] more)
    {
        var ledger = new IsolatedLedger(
            await IsolatedDatabase.CreateMigratedAsync(bank), options ?? new GroupCommitOptions(), more);
        ledger.User = await ledger.Database.ScalarAsync<long>(
            "INSERT INTO users (username, password_hash) VALUES ('owner', '') RETURNING id");

        return ledger;
    }

    /// <summary>Opens an account and pays its first balance in, if there is one.</summary>
    public async Task<long> OpenAccountAsync(decimal balance = 0)
    {
        var account = await Database.ScalarAsync<long>(
            "INSERT INTO accounts (user_id) VALUES ($1) RETURNING id", User);

        if (balance > 0)
            await Ledger.FundAsync(account, balance);

        return account;
    }

    public Task<PostingResult> PostAsync(MoneyCommand command) => Commands.PostAsync(command);

    public Task<PostingResult> DepositAsync(long account, decimal amount) =>
        PostAsync(new DepositCommand(User, account, amount));

    public Task<PostingResult> WithdrawAsync(long account, decimal amount) =>
        Commands.PostAsync(new WithdrawalCommand(User, account, amount));

    /// <summary>Transfers so many cents one by one, all of them or none.</summary>
    public Task<PostingResult> PostBatchAsync(long from, long to, int cents) => Commands.PostAsync(
        new BatchTransferCommand(User, [.. Enumerable.Repeat(new BatchElementRequest(from, to, 0.01m), cents)]));

    public Task<PostingResult> TransferAsync(long from, long to, decimal amount) =>
        Commands.PostAsync(new TransferCommand(User, from, to, amount));

    /// <summary>Posts so many transfers in one request.</summary>
    public Task<PostingResult[]> BulkAsync(int count, long from, long to, decimal amount) => Commands.PostAllAsync(
        [.. Enumerable.Range(0, count).Select(_ => new TransferCommand(User, from, to, amount))],
        new IdempotencyKey?[count]);

    /// <summary>Runs a query of a slice.</summary>
    public async Task<T> QueryAsync<T>(Func<BankDb, Task<T>> query)
    {
        await using var scope = services.CreateAsyncScope();
        return await query(scope.ServiceProvider.GetRequiredService<BankDb>());
    }

    /// <summary>Stops to accept commands.</summary>
    public Task StopAsync() => Commands.StopAsync(CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        await own.DisposeAsync();
    }
}
