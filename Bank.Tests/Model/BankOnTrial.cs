using Bank.Features.Accounts;
using Bank.Features.Deposits;
using Bank.Features.Transfers;
using Bank.Features.Withdrawals;
using Bank.Infrastructure.Data;
using Bank.Infrastructure.Ledger;
using Bank.Infrastructure.Problems;
using Bank.Tests.Harness;
using Microsoft.Extensions.DependencyInjection;

namespace Bank.Tests.Model;

/// <summary>The real bank, with accounts just as the model has them at its start.</summary>
sealed class BankOnTrial
{
    const long NoAccount = long.MaxValue;

    readonly BankServer bank;
    readonly GroupCommit<DepositCommand> deposits;
    readonly GroupCommit<WithdrawalCommand> withdrawals;
    readonly GroupCommit<TransferCommand> transfers;
    long[] users = [];
    long[] accounts = [];

    BankOnTrial(BankServer bank, GroupCommitOptions options)
    {
        this.bank = bank;
        deposits = ActivatorUtilities.CreateInstance<GroupCommit<DepositCommand>>(
            bank.Services, options);
        withdrawals = ActivatorUtilities.CreateInstance<GroupCommit<WithdrawalCommand>>(
            bank.Services, options);
        transfers = ActivatorUtilities.CreateInstance<GroupCommit<TransferCommand>>(
            bank.Services, options);
    }

    public static async Task<BankOnTrial> OpenAsync(BankServer bank, GroupCommitOptions options)
    {
        var start = BankState.Start.Accounts;
        var trial = new BankOnTrial(bank, options);
        trial.users = await bank.Database.QueryAsync(
            "INSERT INTO users (username, password_hash) SELECT unnest($1), '' RETURNING id",
            row => row.GetInt64(0), [new[] { Names.New(), Names.New() }]);
        trial.accounts = await bank.Database.QueryAsync(
            "INSERT INTO accounts (user_id, balance) SELECT * FROM unnest($1, $2) RETURNING id",
            row => row.GetInt64(0),
            start.Select(account => trial.users[account.Owner]).ToArray(),
            start.Select(account => Cents.Of(account.Balance)).ToArray());

        return trial;
    }

    public async Task<Told> DoAsync(Operation operation)
    {
        var (caller, from, to, amount, _) = operation;
        var user = users[caller];

        try
        {
            return operation switch
            {
                { IsClose: true } => await CloseAsync(Account(from), user),
                { From: null } => Told.Of(
                    await deposits.PostAsync(new(user, Account(to), amount), Key(operation))),
                { To: null } => Told.Of(
                    await withdrawals.PostAsync(new(user, Account(from), amount), Key(operation))),
                _ => Told.Of(
                    await transfers.PostAsync(new(user, Account(from), Account(to), amount), Key(operation))),
            };
        }
        catch (ProblemException refused) when (refused.Problem == LedgerRefusals.IdempotencyKeyReused)
        {
            return new Told("key_reused");
        }
    }

    /// <summary>What was told, with what the ledger says of it.</summary>
    public async Task<Answer[]> AnswersAsync(Told[] all)
    {
        var rows = (await bank.Ledger.TransactionsOfAsync(accounts)).ToDictionary(row => row.Id);
        rows.Keys.ShouldBe(all.Select(told => told.Id).OfType<Guid>().Distinct(), ignoreOrder: true);

        return Array.ConvertAll(all, told => told.Id is { } id ? told.With(rows[id]) : told.Refusal);
    }

    /// <summary>The accounts as the model would have them.</summary>
    public async Task<AccountState[]> AccountsAsync() => await bank.Database.QueryAsync(
        """
        SELECT user_id, balance, version, closed_at IS NOT NULL
        FROM accounts
        WHERE id = ANY ($1)
        ORDER BY id
        """,
        row => new AccountState(
            Array.IndexOf(users, row.GetInt64(0)), Cents.ToAmount(row.GetInt64(1)), row.GetInt64(2), row.GetBoolean(3)),
        accounts);

    async Task<Told> CloseAsync(long account, long user)
    {
        await using var scope = bank.Services.CreateAsyncScope();
        var refusal = await scope.ServiceProvider.GetRequiredService<CloseAccountQuery>()
            .CloseAsync(account, user, CancellationToken.None);

        return new Told(refusal ?? "closed");
    }

    long Account(int? number) => number < accounts.Length ? accounts[number.Value] : NoAccount;

    IdempotencyKey? Key(Operation operation) => operation.Key is { } key
        ? new IdempotencyKey(users[operation.Caller], $"{key}", $"{operation}", "trace")
        : null;
}
