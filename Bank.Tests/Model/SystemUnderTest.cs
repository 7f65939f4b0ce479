using Bank.Features.Accounts;
using Bank.Features.Deposits;
using Bank.Features.Holds;
using Bank.Features.Refunds;
using Bank.Features.Transfers;
using Bank.Features.Withdrawals;
using Bank.Infrastructure.Data;
using Bank.Infrastructure.GroupCommit;
using Bank.Infrastructure.Idempotency;
using Bank.Infrastructure.Ledger;
using Bank.Infrastructure.Problems;
using Bank.Tests.Harness;
using Microsoft.Extensions.DependencyInjection;

namespace Bank.Tests.Model;

/// <summary>The real bank, set up like the start of the model.</summary>
sealed class SystemUnderTest
{
    const long NoAccount = long.MaxValue;

    readonly BankServer bank;
    readonly GroupCommitter ledger;
    long[] users = [];
    long[] accounts = [];
    Guid[] holds = [];
    Guid[] originals = [];

    SystemUnderTest(BankServer bank, GroupCommitOptions options)
    {
        this.bank = bank;
        ledger = bank.Services.CreateGroupCommitter(options);
    }

    public static async Task<SystemUnderTest> OpenAsync(BankServer bank, GroupCommitOptions options)
    {
        var start = BankState.Start.Accounts;
        var system = new SystemUnderTest(bank, options);
        system.users = await bank.Database.QueryAsync(
            "INSERT INTO users (username, password_hash) SELECT unnest($1), '' RETURNING id",
            row => row.GetInt64(0), [new[] { Names.New(), Names.New() }]);
        system.accounts = await bank.Database.QueryAsync(
            "INSERT INTO accounts (user_id, balance, held) SELECT * FROM unnest($1, $2, $3) RETURNING id",
            row => row.GetInt64(0),
            start.Select(account => system.users[account.Owner]).ToArray(),
            start.Select(account => Cents.FromDecimal(account.Balance)).ToArray(),
            start.Select((account, number) => Cents.FromDecimal(BankState.Start.Holds
                .Where(hold => hold.From == number).Sum(hold => hold.Amount))).ToArray());
        system.holds = await bank.Database.QueryAsync(
            """
            INSERT INTO holds (id, from_account_id, to_account_id, amount, created_at, expires_at)
            SELECT gen_random_uuid(), payer, payee, amount, now() - interval '1 hour',
                   CASE WHEN is_open THEN now() + interval '1 hour' ELSE now() - interval '1 minute' END
            FROM unnest($1, $2, $3, $4) AS hold (payer, payee, amount, is_open)
            RETURNING id
            """,
            row => row.GetGuid(0),
            BankState.Start.Holds.Select(hold => system.accounts[hold.From]).ToArray(),
            BankState.Start.Holds.Select(hold => system.accounts[hold.To]).ToArray(),
            BankState.Start.Holds.Select(hold => Cents.FromDecimal(hold.Amount)).ToArray(),
            BankState.Start.Holds.Select(hold => hold.IsOpen).ToArray());
        system.originals = await system.PostOriginalsAsync(BankState.Start.Originals);

        return system;
    }

    /// <summary>
    /// Records the earlier transactions, with versions far above those of the accounts, which start at 0.
    /// </summary>
    Task<Guid[]> PostOriginalsAsync(IReadOnlyList<OriginalState> start) => bank.Database.QueryAsync(
        """
        INSERT INTO transactions (
            id, from_account_id, to_account_id, amount, from_balance, to_balance, from_version, to_version,
            created_at)
        SELECT gen_random_uuid(), payer, payee, amount, CASE WHEN payer IS NOT NULL THEN 0 END, 0,
               CASE WHEN payer IS NOT NULL THEN 1000 + number END, 1000 + number, now() - interval '1 hour'
        FROM unnest($1, $2, $3) WITH ORDINALITY AS original (payer, payee, amount, number)
        RETURNING id
        """,
        row => row.GetGuid(0),
        start.Select(original => original.From is { } from ? accounts[from] : (long?)null).ToArray(),
        start.Select(original => accounts[original.To]).ToArray(),
        start.Select(original => Cents.FromDecimal(original.Left)).ToArray());

    public async Task<ObservedResult> ExecuteAsync(Operation operation)
    {
        var (caller, from, to, amount, _, _, _, _, _) = operation;
        var user = users[caller];

        try
        {
            if (operation.IsClose)
                return await CloseAsync(Account(from), user);

            MoneyCommand command = operation switch
            {
                { Next: not null } => BatchTransferQuery.Command(user, new([.. operation.Batch.Select(
                    transfer => new TransferRequest(
                        Account(transfer.From), Account(transfer.To), transfer.Amount))])),
                { Hold: { } hold } => Settle(operation, user, hold),
                { Original: { } original } => Refund(operation, user, original),
                { IsHold: true } => PlaceHoldQuery.Command(
                    user, new(Account(from), Account(to), amount), 3600),
                { From: null } => DepositQuery.Command(user, new(Account(to), amount)),
                { To: null } => WithdrawalQuery.Command(user, new(Account(from), amount)),
                _ => Transfer(operation),
            };

            var result = await ledger.PostAsync(command, Key(operation));

            return command is BatchTransferCommand ? ObservedResult.FromBatch(result) : ObservedResult.From(
                result,
                movesMoney: command is not (PlaceHoldCommand or ReleaseHoldCommand),
                isCapture: command is CaptureHoldCommand);
        }
        catch (ProblemException refused) when (refused.Problem == IdempotencyProblems.KeyReused)
        {
            return new ObservedResult("key_reused");
        }
    }

    /// <summary>Executes all operations concurrently; the transfers of a caller form one bulk.</summary>
    public async Task<ObservedResult[]> ExecuteInBulkAsync(Operation[] operations)
    {
        var observed = new ObservedResult[operations.Length];
        var bulks = operations.Index().GroupBy(operation =>
            operation.Item is { IsTransfer: true, IsHold: false, Next: null } ? operation.Item.Caller : -1);

        await Task.WhenAll(bulks.Select(bulk => bulk.Key < 0
            ? Task.WhenAll(bulk.Select(async alone => observed[alone.Index] = await ExecuteAsync(alone.Item)))
            : ExecuteInBulkAsync([.. bulk], observed)));

        return observed;
    }

    async Task ExecuteInBulkAsync((int Index, Operation Item)[] bulk, ObservedResult[] observed)
    {
        var results = await ledger.PostAllAsync(
            Array.ConvertAll(bulk, transfer => Transfer(transfer.Item)),
            Array.ConvertAll(bulk, transfer => Key(transfer.Item)));

        foreach (var (transfer, result) in bulk.Zip(results))
            observed[transfer.Index] = result.Problem == IdempotencyProblems.KeyReused
                ? new ObservedResult("key_reused")
                : ObservedResult.From(result, movesMoney: true, isCapture: false);
    }

    /// <summary>Completes the observed results with the rows of the ledger.</summary>
    public async Task<OperationResult[]> ResultsAsync(ObservedResult[] all)
    {
        var rows = (await bank.Ledger.TransactionsOfAsync(accounts)).ToDictionary(row => row.Id);
        rows.Keys.Except(originals)
            .ShouldBe(all.SelectMany(observed => observed.Ids).Distinct(), ignoreOrder: true);

        return Array.ConvertAll(all, observed => observed.With(rows));
    }

    /// <summary>The accounts, in the form of the model.</summary>
    public async Task<AccountState[]> AccountsAsync() => await bank.Database.QueryAsync(
        """
        SELECT user_id, balance, held - coalesce(expired.amount, 0), version, closed_at IS NOT NULL
        FROM accounts
        """
        + LedgerSql.Expired +
        """
        WHERE id = ANY ($1)
        ORDER BY id
        """,
        row => new AccountState(
            Array.IndexOf(users, row.GetInt64(0)), Cents.ToDecimal(row.GetInt64(1)),
            Cents.ToDecimal(row.GetInt64(2)), row.GetInt64(3), row.GetBoolean(4)),
        accounts);

    MoneyCommand Transfer(Operation operation) => TransferQuery.Command(
        users[operation.Caller], new(Account(operation.From), Account(operation.To), operation.Amount));

    /// <summary>A capture or a release, as the endpoint makes it after it read the hold.</summary>
    MoneyCommand Settle(Operation operation, long user, int number)
    {
        var (from, to, held, _) = BankState.Start.Holds[number];
        var hold = new HoldResponse(
            holds[number], accounts[from], accounts[to], held, null, "held", default, default, null);

        return operation.IsRelease
            ? ReleaseHoldQuery.Command(user, hold)
            : CaptureHoldQuery.Command(user, hold, new CaptureHoldRequest(hold.Id, operation.Amount));
    }

    /// <summary>A refund, as the endpoint makes it after it read the transaction.</summary>
    MoneyCommand Refund(Operation operation, long user, int number)
    {
        var (from, to, _) = BankState.Start.Originals[number];

        return RefundQuery.Command(
            user,
            new RefundOriginal(originals[number], from is { } payer ? accounts[payer] : null, accounts[to]),
            new RefundRequest(originals[number], operation.Amount == 0 ? null : operation.Amount));
    }

    async Task<ObservedResult> CloseAsync(long account, long user)
    {
        await using var scope = bank.Services.CreateAsyncScope();
        var problem = await scope.ServiceProvider.GetRequiredService<CloseAccountQuery>()
            .CloseAsync(account, user, CancellationToken.None);

        return new ObservedResult(problem ?? "closed");
    }

    long Account(int? number) => number < accounts.Length ? accounts[number.Value] : NoAccount;

    IdempotencyKey? Key(Operation operation) => operation.Key is { } key
        ? new IdempotencyKey(users[operation.Caller], $"{key}", $"{operation}", "trace")
        : null;
}
