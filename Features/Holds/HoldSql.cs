namespace Bank.Features.Holds;

/// <summary>What the statements that place and settle holds have in common.</summary>
static class HoldSql
{
    /// <summary>Locks the holds of the commands, <c>@holds</c>, once their payers are locked.</summary>
    public const string Lock =
        """

        -- The holds, locked after the accounts: only those whose payer is locked, so that nobody
        -- is waited for.
        hold AS MATERIALIZED (
            SELECT holds.id, status = 'held' AND expires_at > clock_timestamp() AS is_open
            FROM holds
            JOIN locked ON locked.id = from_account_id
            WHERE holds.id = ANY (@holds)
            ORDER BY holds.id
            FOR UPDATE OF holds
        ),

        """;

    /// <summary>Keeps what each account sets aside after the last <c>entry</c> of its own.</summary>
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
