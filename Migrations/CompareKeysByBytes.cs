using FluentMigrator;

namespace Bank.Migrations;

/// <summary>
/// Idempotency keys are compared by their bytes, whatever the operating system's sort order is. The index is
/// there already and no row is read, so the lock is short: the check, which changing the type would repeat on
/// every row, comes back unvalidated.
/// </summary>
[Migration(202611300020, "Compare keys by bytes")]
public sealed class CompareKeysByBytes : Migration
{
    public override void Up() => Execute.Sql(
        """
        ALTER TABLE idempotency_keys
            DROP CONSTRAINT idempotency_keys_pkey,
            DROP CONSTRAINT idempotency_keys_key_check,
            ALTER COLUMN key TYPE text COLLATE "C";

        ALTER TABLE idempotency_keys
            ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY USING INDEX idempotency_keys_by_bytes,
            ADD CONSTRAINT idempotency_keys_key_check CHECK (length(key) BETWEEN 1 AND 255) NOT VALID;
        """);

    public override void Down() => Execute.Sql(
        """
        ALTER TABLE idempotency_keys
            DROP CONSTRAINT idempotency_keys_pkey,
            ALTER COLUMN key TYPE text COLLATE "default",
            ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (user_id, key);
        """);
}
