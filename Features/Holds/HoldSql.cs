namespace Bank.Features.Holds;

/// <summary>The parts that the queries of holds share, each a whole CTE.</summary>
static class HoldSql
{
    /// <summary>Locks the holds of the commands, <c>@holds</c>, once their payers are locked.</summary>
    public const string Lock =
        """

        -- Locks the holds after the accounts, and only those of a locked payer, so that no lock is waited
        -- for.
        hold AS MATERIALIZED (
            SELECT holds.id, status = 'held' AND expires_at > clock_timestamp() AS is_open
            FROM holds
            JOIN locked ON locked.id = from_account_id
            WHERE holds.id = ANY (@holds)
            ORDER BY holds.id
            FOR UPDATE OF holds
        ),

        """;

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
