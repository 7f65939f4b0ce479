using System.Collections.Immutable;

namespace Bank.Tests.Model;

/// <summary>The model: the whole bank in a few lines that are simple enough to be right.</summary>
sealed record BankState(
    ImmutableArray<AccountState> Accounts, ImmutableArray<HoldState> Holds,
    ImmutableArray<OriginalState> Originals,
    ImmutableDictionary<(int, int), (Operation, OperationResult)> Keys)
{
    public const decimal MaxBalance = 9_999_999_999_999_999.99m;

    /// <summary>
    /// Two callers with two accounts each, all near their limits; three open holds and an expired one that is
    /// not cleaned up yet; three earlier transfers and a deposit.
    /// </summary>
    public static BankState Start { get; } = new(
        [new(0, 6m, 3m), new(1, 3m, 2m), new(0, 0m), new(1, MaxBalance - 4m, 3m)],
        [new(0, 1, 3m), new(3, 0, 3m), new(3, 0, 1m, IsOpen: false), new(1, 2, 2m)],
        [new(1, 0, 4m), new(0, 3, 3m), new(0, 2, 2m), new(null, 0, 2m)],
        ImmutableDictionary<(int, int), (Operation, OperationResult)>.Empty);

    public (BankState Next, OperationResult Result) Apply(Operation operation)
    {
        if (operation.Key is not { } key)
            return Evaluate(operation);

        if (Keys.TryGetValue((operation.Caller, key), out var first))
            return (
                this, first.Item1 == operation ? first.Item2 with { IsReplay = true } : new("key_reused"));

        var (next, result) = Evaluate(operation);
        return (next with { Keys = Keys.Add((operation.Caller, key), (operation, result)) }, result);
    }

    (BankState Next, OperationResult Result) Evaluate(Operation operation)
    {
        var (_, from, to, amount, _, _, _, _, _) = operation;

        if (operation.Next is not null)
            return Post([.. operation.Batch]);

        if (FindProblem(operation) is { } problem)
            return (this, new(problem));

        if (operation.Hold is { } hold)
            return Settle(hold, operation);

        if (operation.Original is { } original)
            return Refund(original, operation);

        if (operation.IsHold)
            return (With(from, account => account.Hold(amount)), new("posted"));

        if (operation.IsClose)
            return (With(from, account => account with { IsClosed = true }), new("closed"));

        var next = With(from, account => account.Change(-amount)).With(to, account => account.Change(amount));
        return (next, new("posted", next.Entry(from), next.Entry(to)));
    }

    /// <summary>Applies the transfers in order, or none of them if one is refused.</summary>
    (BankState Next, OperationResult Result) Post(Operation[] batch)
    {
        var next = this;
        var results = new List<OperationResult>();

        foreach (var (index, transfer) in batch.Index())
        {
            (next, var result) = next.Evaluate(transfer);

            if (result.Outcome != "posted")
                return (this, result with { Index = index });

            results.Add(result);
        }

        results.Reverse();
        return (next, results.Aggregate((later, result) => result with { Next = later }));
    }

    (BankState Next, OperationResult Result) Settle(int number, Operation operation)
    {
        var hold = Holds[number];
        var next = this with { Holds = Holds.SetItem(number, hold with { IsOpen = false }) };
        next = next.With(hold.From, account => account.Hold(-hold.Amount));

        if (operation.IsRelease)
            return (next, new("posted"));

        next = next.With(hold.From, account => account.Change(-operation.Amount))
            .With(hold.To, account => account.Change(operation.Amount));
        return (next, new("posted", next.Entry(hold.From), next.Entry(hold.To)));
    }

    (BankState Next, OperationResult Result) Refund(int number, Operation operation)
    {
        var original = Originals[number];
        var amount = operation.Amount == 0 ? original.Left : operation.Amount;
        var next = this with
        {
            Originals = Originals.SetItem(number, original with { Left = original.Left - amount }),
        };
        next = next.With(original.To, account => account.Change(-amount))
            .With(original.From, account => account.Change(amount));
        return (next, new("posted", next.Entry(original.To), next.Entry(original.From)));
    }

    string? FindProblem(Operation operation) => operation switch
    {
        { Hold: not null } => FindSettlementProblem(operation),
        { Original: { } original } => FindRefundProblem(Originals[original], operation),
        _ => FindMovementProblem(operation),
    };

    string? FindRefundProblem(OriginalState original, Operation operation)
    {
        var payer = Accounts[original.To];
        var payee = Find(original.From);
        var amount = operation.Amount == 0 ? original.Left : operation.Amount;

        return true switch
        {
            _ when payer.Owner != operation.Caller && payee?.Owner != operation.Caller =>
                "transaction_not_found",
            _ when payee is null || payer.Owner != operation.Caller => "not_refundable",
            _ when payer.IsClosed || payee.IsClosed => "account_closed",
            _ when amount > original.Left || original.Left == 0 => "refund_exceeds_rest",
            _ when amount > payer.Available => "insufficient_funds",
            _ when payee.Balance + amount > MaxBalance => "balance_limit_exceeded",
            _ => null,
        };
    }

    string? FindSettlementProblem(Operation operation)
    {
        var hold = Holds[operation.Hold!.Value];
        var payee = Accounts[hold.To];
        var mayRelease = operation.IsRelease && (!hold.IsOpen || payee.IsClosed)
            && Accounts[hold.From].Owner == operation.Caller;

        return true switch
        {
            _ when payee.Owner != operation.Caller && !mayRelease => "hold_not_found",
            _ when !hold.IsOpen => "hold_not_open",
            _ when operation.IsRelease => null,
            _ when operation.Amount > hold.Amount => "capture_exceeds_hold",
            _ when payee.IsClosed => "account_closed",
            _ when payee.Balance + operation.Amount > MaxBalance => "balance_limit_exceeded",
            _ => null,
        };
    }

    string? FindMovementProblem(Operation operation)
    {
        var (caller, from, to, amount, _, isHold, _, _, _) = operation;
        var payer = Find(from);
        var payee = Find(to);

        return true switch
        {
            _ when operation.IsTransfer && payer?.Owner != caller => "source_not_found",
            _ when operation.IsTransfer && payee is null => "target_not_found",
            _ when !operation.IsTransfer && (payer ?? payee)?.Owner != caller => "account_not_found",
            _ when operation.IsClose => payer!.Balance == 0 ? null : "account_not_empty",
            _ when payer is { IsClosed: true } || payee is { IsClosed: true } => "account_closed",
            _ when payer?.Available < amount => "insufficient_funds",
            _ when !isHold && payee?.Balance + amount > MaxBalance => "balance_limit_exceeded",
            _ => null,
        };
    }

    AccountState? Find(int? number) => number < Accounts.Length ? Accounts[number.Value] : null;

    BankState With(int? number, Func<AccountState, AccountState> change) => number is { } index
        ? this with { Accounts = Accounts.SetItem(index, change(Accounts[index])) }
        : this;

    Entry? Entry(int? number) => Find(number) is { } account ? new(account.Balance, account.Version) : null;
}
