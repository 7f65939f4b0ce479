using Bank.Infrastructure.Data;

namespace Bank.Infrastructure.ApiKeys;

/// <summary>Finds keys in effect by hash: one index probe for each, and one for its user.</summary>
sealed class FindKeysQuery(BankDbPool dbs)
{
    const string Sql =
        """
        SELECT ordinal,
               keys.id,
               user_id,
               username,
               scope = 'read' AS is_read_only,
               extract(epoch FROM expires_at - clock_timestamp())::double precision AS seconds_left,
               last_used_at,
               is_operator,
               is_password_expired
        FROM unnest(@hashes) WITH ORDINALITY AS sent (hash, ordinal)
        JOIN keys ON keys.hash = decode(sent.hash, 'hex')
                 AND (expires_at IS NULL OR expires_at > clock_timestamp())
        JOIN users ON users.id = user_id
                  AND removed_at IS NULL
                  AND blocked_at IS NULL
        """;

    /// <summary>The key of each hash; null if there is none, it has expired or its user is gone.</summary>
    public async Task<StoredKey?[]> FindAsync(string[] hashes)
    {
        await using var db = dbs.Rent();
        var found = new StoredKey?[hashes.Length];

        foreach (var key in await db.QueryAsync<StoredKey>(Sql, new { hashes }))
            found[key.Ordinal - 1] = key;

        return found;
    }
}
