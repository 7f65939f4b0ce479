using Bank.Infrastructure.Data;
using Bank.Infrastructure.Ledger;

namespace Bank.Features.LiveHistory;

/// <summary>
/// Reads new transactions for many subscribers in one query: two index probes for each subscriber, and the
/// transactions of those with new ones. Transactions of an account become visible in the order of its
/// sequence, since each keeps the account's row locked until it is committed.
/// </summary>
sealed class LiveHistoryQuery(BankDbPool dbs)
{
    /// <summary>The most transactions that a query reads for a subscriber.</summary>
    public const int MaxPageSize = 100;

    const string Sql =
        "WITH" + TransactionSql.History +
        """
        -- The subscribers with new transactions, or with none to come: the account is closed, the user was
        -- deleted or blocked, what the user signed in with is no longer in effect (another password, or no
        -- such key), or the ledger does not have what was published.
        subscriber AS (
            SELECT ordinal, account.id AS account_id, account.currency, published
            FROM unnest(@accountIds, @userIds, @passwordHashes::text[], @keyIds, @sequences)
                 WITH ORDINALITY
                 AS subscription (account_id, user_id, password_hash, key_id, published, ordinal)
            LEFT JOIN keys ON keys.id = subscription.key_id
                          AND (keys.expires_at IS NULL OR keys.expires_at > clock_timestamp())
            LEFT JOIN users ON users.id = subscription.user_id
                           AND users.removed_at IS NULL
                           AND users.blocked_at IS NULL
                           AND (subscription.password_hash IS NULL
                                OR users.password_hash = subscription.password_hash)
                           AND (subscription.key_id = 0 OR keys.user_id = users.id)
            LEFT JOIN accounts AS account ON account.id = subscription.account_id
                                         AND account.user_id = users.id
                                         AND account.version >= published
            WHERE account.id IS NULL
               OR account.version > published
               OR account.closed_at IS NOT NULL
        )
        -- LEFT JOIN: a row without a transaction says that none will follow.
        SELECT ordinal, sequence, id, "from", "to", amount, subscriber.currency, balance, created_at,
               reference, hold, refund_of
        FROM subscriber
        LEFT JOIN LATERAL (
            SELECT *
            FROM history
            WHERE history.account_id = subscriber.account_id
              AND history.sequence > published
            ORDER BY history.sequence
            LIMIT 100
        ) AS item ON true
        ORDER BY ordinal, sequence
        """;

    /// <summary>Each subscriber's next page; null if nothing is new, empty if nothing will follow.</summary>
    public async Task<Transaction[]?[]> ReadAsync(List<LiveHistorySubscriber> subscribers)
    {
        await using var db = dbs.Rent();
        var rows = await db.QueryAsync<PagedTransaction>(
            Sql,
            new
            {
                accountIds = ToArray(subscribers, subscriber => subscriber.AccountId),
                userIds = ToArray(subscribers, subscriber => subscriber.Caller.Id),
                passwordHashes = ToArray(subscribers, subscriber => subscriber.Caller.PasswordHash),
                keyIds = ToArray(subscribers, subscriber => subscriber.Caller.KeyId ?? 0),
                sequences = ToArray(subscribers, subscriber => subscriber.Sequence),
            });

        return PagedTransaction.Split(rows, subscribers.Count);
    }

    static T[] ToArray<T>(List<LiveHistorySubscriber> subscribers, Func<LiveHistorySubscriber, T> value) =>
        [.. subscribers.Select(value)];
}
