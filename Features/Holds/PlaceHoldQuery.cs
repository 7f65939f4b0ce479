using Bank.Infrastructure.Data;
using Bank.Infrastructure.Ledger;

namespace Bank.Features.Holds;

/// <summary>Places holds: checks, sets aside and records a group of them in one query.</summary>
sealed class PlaceHoldQuery : IMoneyQuery
{
    static readonly PlaceHoldQuery Instance = new();

    const string Sql =
        LedgerSql.PostingTag +
        """
        -- The commands of the group, in its order.
        WITH command AS (
            SELECT ordinal, caller_id, from_id, to_id, amount
            FROM unnest(@callers, @from, @to, @amounts)
                WITH ORDINALITY AS c (caller_id, from_id, to_id, amount, ordinal)
        ),
        """
        + LedgerSql.LockAccounts +
        """
        -- The outcome of each command. Null (requeue): the balance covers this command alone,
        -- but not after the earlier commands of the group.
        verdict AS (
            SELECT *,
                   CASE
                       WHEN from_owner IS DISTINCT FROM caller_id THEN 'source_not_found'
                       WHEN to_owner IS NULL THEN 'target_not_found'
                       WHEN is_closed THEN 'account_closed'
                       WHEN is_other_currency THEN 'currency_mismatch'
                       WHEN amount > from_available THEN 'insufficient_funds'
                       WHEN debits_so_far > from_available THEN NULL
                       ELSE 'posted'
                   END AS outcome
            FROM weighed
        ),
        """
        + HoldSql.Claim +
        """
        -- The held amount of each account after each hold.
        entry AS (
            SELECT ordinal, from_id, to_id, amount,
                   from_held + (sum(amount) OVER account)::bigint AS held,
                   lead(ordinal) OVER account IS NULL AS is_last
            FROM result
            WHERE outcome = 'posted' AND NOT is_replay
            WINDOW account AS (PARTITION BY from_id ORDER BY ordinal)
        ),
        """
        + HoldSql.Balance +
        """
        -- created_at is NOT NULL and is only set if every account was updated; otherwise the query is
        -- rolled back.
        placed AS (
            INSERT INTO holds (id, from_account_id, to_account_id, amount, reference, expires_at, created_at)
            SELECT (@ids)[ordinal], from_id, to_id, amount, (@references)[ordinal],
                   created_at + (@seconds)[ordinal] * interval '1 second',
                   CASE WHEN (SELECT count(*) FROM balance) = (SELECT count(*) FROM entry WHERE is_last)
                        THEN created_at END
            FROM entry
            CROSS JOIN moment
            ORDER BY ordinal
        )
        """
        + LedgerSql.ResultWithoutMoney;

    public string Name => "placehold";

    /// <param name="callerId">The caller's id.</param>
    /// <param name="request">The request.</param>
    /// <param name="expiresIn">The time until the hold expires, in seconds.</param>
    public static MoneyCommand Command(long callerId, PlaceHoldRequest request, int expiresIn) =>
        new PlaceHoldCommand(Instance, callerId, request, expiresIn)
        {
            Currency = Currencies.From(request.Currency),
        };

    public Task<PostingRow[]> ExecuteAsync(BankDb db, CommandGroup group) => db.ChangeAsync<PostingRow>(
        Sql,
        group.With(group.Column("seconds", one => ((PlaceHoldCommand)one.Command).ExpiresIn)));
}

/// <summary>Sets money of the caller's account aside for another account.</summary>
/// <param name="ExpiresIn">The time until the hold expires, in seconds.</param>
sealed record PlaceHoldCommand(IMoneyQuery Query, long CallerId, PlaceHoldRequest Request, int ExpiresIn)
    : MoneyCommand(Query, CallerId, Request.From, Request.To, Request.Amount!.Value, Request.Reference)
{
    public override string OutcomeHint(Guid id) => HoldProblems.OutcomeHint(id);
}
