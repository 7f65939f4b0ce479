namespace Bank.Migrations;

/// <summary>
/// The privileges of the API's role: what the slices do, and nothing else. Every start grants them after the
/// migrations, so that a migration that adds a table or a column adds it here too, and nowhere else.
/// </summary>
static class Grants
{
    /// <param name="role">The role as a quoted identifier.</param>
    public static string CreateStatements(string role) =>
        $"""
        GRANT SELECT ON "VersionInfo" TO {role};

        -- Only the owner makes an operator.
        GRANT SELECT, INSERT (username, password_hash, is_password_expired),
            UPDATE (password_hash, removed_at, blocked_at, is_password_expired) ON users TO {role};
        GRANT SELECT, INSERT (operator_id, action, user_id, reason, trace_id) ON operator_actions TO {role};

        GRANT SELECT, INSERT ON token_users TO {role};

        -- Nobody changes what a key may do.
        GRANT SELECT, INSERT (user_id, name, scope, hash, created_at, expires_at), UPDATE (last_used_at),
            DELETE ON keys TO {role};

        -- A webhook keeps its account and its address.
        GRANT SELECT, INSERT (account_id, url, sequence), UPDATE (sequence, replays, generation, rotated_at,
            attempts, next_attempt_at, error, disabled_at, lease, leased_until), DELETE ON webhooks TO {role};

        -- The currency of an account never changes.
        GRANT SELECT, INSERT (id, user_id, currency, created_at, name),
            UPDATE (name, balance, held, version, posted_at, closed_at) ON accounts TO {role};
        GRANT USAGE ON SEQUENCE accounts_id_seq TO {role};
        GRANT EXECUTE ON FUNCTION may_open_account(bigint, bigint) TO {role};

        GRANT EXECUTE ON FUNCTION command_times, claim_keys TO {role};

        -- The ledger is append-only.
        GRANT SELECT, INSERT ON transactions TO {role};

        -- Settling a hold changes its status.
        GRANT SELECT, INSERT, UPDATE (status, settled_by) ON holds TO {role};

        -- Keys expire; only the function removes them.
        GRANT SELECT, INSERT ON idempotency_keys TO {role};
        REVOKE DELETE ON idempotency_keys FROM {role};
        GRANT EXECUTE ON FUNCTION remove_expired_keys TO {role};
        """;
}
