using FluentMigrator;

namespace Bank.Migrations;

/// <summary>
/// A refund is a transaction that names the one that it sends back. The refunds of one transaction are
/// numbered without gaps, and each says what it leaves of what was received, which is never below nothing: the
/// last one tells whoever decides the next all that there is to know. A transaction that is no refund has no
/// entry in the index.
/// </summary>
[Migration(202611250010, "Keep refunds")]
public sealed class KeepRefunds : Migration
{
    public override void Up() => Execute.Sql(
        """
        ALTER TABLE transactions
            ADD COLUMN refund_of uuid,
            ADD COLUMN refund_number bigint,
            ADD COLUMN refund_left bigint,
            ADD CONSTRAINT transactions_refund_is_whole CHECK (
                refund_of IS NULL AND refund_number IS NULL AND refund_left IS NULL
                OR refund_of IS NOT NULL AND refund_number IS NOT NULL AND refund_left IS NOT NULL
                   AND refund_number > 0 AND refund_left >= 0);

        CREATE UNIQUE INDEX transactions_refunds ON transactions (refund_of, refund_number)
            WHERE refund_of IS NOT NULL;
        """);

    public override void Down() => Execute.Sql(
        """
        ALTER TABLE transactions
            DROP COLUMN refund_of,
            DROP COLUMN refund_number,
            DROP COLUMN refund_left;
        """);
}
