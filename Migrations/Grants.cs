namespace Bank.Migrations;

/// <summary>
/// What the API's role may do: what the slices do, and nothing else. It is granted again after the migrations of
/// every start, so that a migration that adds a table or a column adds it here as well, and nowhere else.
/// </summary>
static class Grants
{
    /// <param name="role">The role, quoted as SQL has it.</param>
    public static string To(string role) =>
        $"""
        GRANT SELECT ON "VersionInfo" TO {role};

        GRANT SELECT, INSERT (username, password_hash), UPDATE (password_hash, removed_at) ON users TO {role};

        GRANT SELECT, INSERT (id, user_id, created_at), UPDATE (balance, held, version, posted_at, closed_at)
            ON accounts TO {role};
        GRANT USAGE ON SEQUENCE accounts_id_seq TO {role};

        -- The ledger only grows.
        GRANT SELECT, INSERT ON transactions TO {role};

        -- Holds are settled, by a change of their status.
        GRANT SELECT, INSERT, UPDATE (status, settled_by) ON holds TO {role};

        -- Keys end.
        GRANT SELECT, INSERT, DELETE ON idempotency_keys TO {role};
        """;
}
