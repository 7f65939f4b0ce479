using Bank.Infrastructure.Ledger;

namespace Bank.Features.Holds;

/// <summary>The parts that the queries of holds share, each a whole CTE.</summary>
static class HoldSql
{
    /// <summary>Locks the holds of the commands, <c>@holds</c>, once their payers are locked.</summary>
    public const string Lock =
        """

        -- Locks the holds after the accounts, and only those of a locked payer. SKIP LOCKED: the query does
        -- not wait for a hold that another session has locked; its commands are parked.
        hold AS MATERIALIZED (
            SELECT holds.id, status = 'held' AND expires_at > clock_timestamp() AS is_open
            FROM holds
            JOIN locked ON locked.id = from_account_id
            WHERE holds.id = ANY (@holds)
            ORDER BY holds.id
            FOR UPDATE OF holds SKIP LOCKED
        ),

        """;

    /// <summary>
    /// Claims the keys of commands that move no money. A hold is not in an account's history, so it has the
    /// time of the clock, and ends by the clock.
    /// </summary>
    public const string Claim =
        """

        -- The clock, as the time of each command.
        moment AS MATERIALIZED (
            SELECT created_at, array_fill(created_at, ARRAY[cardinality(@ids)]) AS times
            FROM clock_timestamp() AS clock (created_at)
        ),

        """
        + LedgerSql.Decide;

    /// <summary>Updates the held amount of each account to its last <c>entry</c>.</summary>
    public const string Balance =
        """

        balance AS (
            UPDATE accounts
            SET held = entry.held
            FROM entry
            WHERE accounts.id = entry.from_id AND entry.is_last
            RETURNING accounts.id
        ),

        """;
}
