using FluentMigrator;

namespace Bank.Migrations;

/// <summary>
/// Limits the number of accounts of a user, and lets an idempotency key open an account only once. The
/// function sees what others committed while its caller waited for a lock, which the caller's own query does
/// not; it counts no further than the limit.
/// </summary>
[Migration(202611240013, "Count and key accounts")]
public sealed class CountAndKeyAccounts : Migration
{
    public override void Up() => Execute.Sql(
        """
        CREATE FUNCTION may_open_account(owner bigint, most bigint) RETURNS boolean
        LANGUAGE sql VOLATILE AS $$
            SELECT most = 0 OR (
                SELECT count(*) FROM (SELECT FROM accounts WHERE user_id = owner LIMIT most) AS opened) < most
        $$;

        ALTER TABLE idempotency_keys
            ALTER COLUMN transaction_id DROP NOT NULL,
            ADD COLUMN account_id bigint;
        """);

    public override void Down() => Execute.Sql(
        """
        DELETE FROM idempotency_keys WHERE transaction_id IS NULL;

        ALTER TABLE idempotency_keys
            DROP COLUMN account_id,
            ALTER COLUMN transaction_id SET NOT NULL;

        DROP FUNCTION may_open_account;
        """);
}
