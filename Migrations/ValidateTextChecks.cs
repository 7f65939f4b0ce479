using FluentMigrator;

namespace Bank.Migrations;

/// <summary>Validates the checks of the compared texts, beside the running API.</summary>
[Migration(202611300040, TransactionBehavior.None, "Validate text checks")]
public sealed class ValidateTextChecks : Migration
{
    public override void Up()
    {
        Execute.Sql("ALTER TABLE idempotency_keys VALIDATE CONSTRAINT idempotency_keys_key_check");
        Execute.Sql("ALTER TABLE users VALIDATE CONSTRAINT users_username_check");
    }

    public override void Down() => Execute.Sql(
        """
        ALTER TABLE idempotency_keys
            DROP CONSTRAINT idempotency_keys_key_check,
            ADD CONSTRAINT idempotency_keys_key_check CHECK (length(key) BETWEEN 1 AND 255) NOT VALID;
        ALTER TABLE users
            DROP CONSTRAINT users_username_check,
            ADD CONSTRAINT users_username_check CHECK (length(username) BETWEEN 1 AND 64) NOT VALID;
        """);
}
