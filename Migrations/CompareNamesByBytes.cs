using FluentMigrator;

namespace Bank.Migrations;

/// <summary>Usernames are compared by their bytes, as idempotency keys are.</summary>
[Migration(202611300030, "Compare names by bytes")]
public sealed class CompareNamesByBytes : Migration
{
    public override void Up() => Execute.Sql(
        """
        ALTER TABLE users
            DROP CONSTRAINT users_username_key,
            DROP CONSTRAINT users_username_check,
            ALTER COLUMN username TYPE text COLLATE "C";

        ALTER TABLE users
            ADD CONSTRAINT users_username_key UNIQUE USING INDEX users_by_bytes,
            ADD CONSTRAINT users_username_check CHECK (length(username) BETWEEN 1 AND 64) NOT VALID;
        """);

    public override void Down() => Execute.Sql(
        """
        ALTER TABLE users
            DROP CONSTRAINT users_username_key,
            ALTER COLUMN username TYPE text COLLATE "default",
            ADD CONSTRAINT users_username_key UNIQUE (username);
        """);
}
