using System.Collections.Immutable;

namespace Bank.Tests.Model;

/// <summary>The whole bank in a few lines that are plain enough to be right.</summary>
sealed record BankState(
    ImmutableArray<AccountState> Accounts, ImmutableDictionary<(int, int), (Operation, Answer)> Keys)
{
    public const decimal LargestBalance = 9_999_999_999_999_999.99m;

    /// <summary>Two accounts for each of two callers, with little room for what is asked of them.</summary>
    public static BankState Start { get; } = new(
        [new(0, 5m), new(1, 3m), new(0, 0m), new(1, LargestBalance - 4m)],
        ImmutableDictionary<(int, int), (Operation, Answer)>.Empty);

    public (BankState Next, Answer Answer) Do(Operation operation)
    {
        if (operation.Key is not { } key)
            return Decide(operation);

        if (Keys.TryGetValue((operation.Caller, key), out var first))
            return (this, first.Item1 == operation ? first.Item2 with { IsRepeat = true } : new("key_reused"));

        var (next, answer) = Decide(operation);
        return (next with { Keys = Keys.Add((operation.Caller, key), (operation, answer)) }, answer);
    }

    (BankState Next, Answer Answer) Decide(Operation operation)
    {
        var (caller, from, to, amount, _) = operation;

        if (Refusal(operation) is { } refusal)
            return (this, new(refusal));

        if (operation.IsClose)
            return (With(from, account => account with { IsClosed = true }), new("closed"));

        var next = With(from, account => account.Change(-amount)).With(to, account => account.Change(amount));
        return (next, new("posted", next.Entry(from), next.Entry(to)));
    }

    string? Refusal(Operation operation)
    {
        var (caller, from, to, amount, _) = operation;
        var payer = Find(from);
        var payee = Find(to);

        return true switch
        {
            _ when operation.IsTransfer && payer?.Owner != caller => "source_not_found",
            _ when operation.IsTransfer && payee is null => "target_not_found",
            _ when !operation.IsTransfer && (payer ?? payee)?.Owner != caller => "account_not_found",
            _ when operation.IsClose => payer!.Balance == 0 ? null : "account_not_empty",
            _ when payer is { IsClosed: true } || payee is { IsClosed: true } => "account_closed",
            _ when payer?.Balance < amount => "insufficient_funds",
            _ when payee?.Balance + amount > LargestBalance => "balance_limit_exceeded",
            _ => null,
        };
    }

    AccountState? Find(int? number) => number < Accounts.Length ? Accounts[number.Value] : null;

    BankState With(int? number, Func<AccountState, AccountState> change) => number is { } index
        ? this with { Accounts = Accounts.SetItem(index, change(Accounts[index])) }
        : this;

    Entry? Entry(int? number) => Find(number) is { } account ? new(account.Balance, account.Version) : null;
}
