using Bank.Infrastructure.Data;

namespace Bank.Features.Holds;

/// <summary>Reads one page of the holds of an account, on either side, newest first.</summary>
sealed class ListHoldsQuery(BankDb db)
{
    const string Sql =
        """
        WITH item AS (
            -- Each side reads at most a page.
            (
                SELECT *
                FROM holds
                WHERE from_account_id = @id AND number < @before
                ORDER BY number DESC
                LIMIT @limit
            )
            UNION ALL
            (
                SELECT *
                FROM holds
                WHERE to_account_id = @id AND number < @before
                ORDER BY number DESC
                LIMIT @limit
            )
        )

        """ + Page;

    /// <summary>The open ones. They are few among many, and each side has an index of them.</summary>
    const string OpenSql =
        """
        WITH item AS (
            (
                SELECT *
                FROM holds
                WHERE from_account_id = @id AND number < @before
                  AND status = 'held' AND expires_at > clock_timestamp()
                ORDER BY number DESC
                LIMIT @limit
            )
            UNION ALL
            (
                SELECT *
                FROM holds
                WHERE to_account_id = @id AND number < @before
                  AND status = 'held' AND expires_at > clock_timestamp()
                ORDER BY number DESC
                LIMIT @limit
            )
        )

        """ + Page;

    /// <summary>
    /// The ones of another status. A hold expires by the clock, even before its status is set.
    /// </summary>
    const string ClosedSql =
        """
        WITH item AS (
            (
                SELECT *
                FROM holds
                WHERE from_account_id = @id AND number < @before
                  AND (status = @status
                       OR @status = 'expired' AND status = 'held' AND expires_at <= clock_timestamp())
                ORDER BY number DESC
                LIMIT @limit
            )
            UNION ALL
            (
                SELECT *
                FROM holds
                WHERE to_account_id = @id AND number < @before
                  AND (status = @status
                       OR @status = 'expired' AND status = 'held' AND expires_at <= clock_timestamp())
                ORDER BY number DESC
                LIMIT @limit
            )
        )

        """ + Page;

    const string Page =
        """
        -- LEFT JOIN: an account without holds still returns a row, which tells it from a missing account.
        SELECT item.number, item.id, item.from_account_id AS "from", item.to_account_id AS "to", item.amount,
               accounts.currency,
               -- A hold expires by the clock, even before its status is set.
               CASE WHEN item.status = 'held' AND item.expires_at <= clock_timestamp() THEN 'expired'
                    ELSE item.status END AS status,
               item.expires_at, item.created_at, item.reference
        FROM accounts
        LEFT JOIN item ON true
        WHERE accounts.id = @id AND user_id = @userId
        ORDER BY item.number DESC
        LIMIT @limit
        """;

    /// <summary>A page plus one more hold, if there is one; null if the account is not the user's.</summary>
    public async Task<HoldResponse[]?> ListAsync(ListHoldsRequest request, long userId, CancellationToken ct)
    {
        var (id, before, limit) = (request.Id, request.After() ?? long.MaxValue, request.Limit + 1);
        var rows = await (request.Status switch
        {
            null => db.QueryAsync<HoldResponse>(Sql, new { id, userId, before, limit }, ct),
            "held" => db.QueryAsync<HoldResponse>(OpenSql, new { id, userId, before, limit }, ct),
            var status => db.QueryAsync<HoldResponse>(
                ClosedSql, new { id, userId, before, limit, status }, ct),
        });

        return rows.Length == 0 ? null : Array.FindAll(rows, row => row.Number > 0);
    }
}
