using FluentMigrator;

namespace Bank.Migrations;

/// <summary>
/// A refund is a transaction that names its original. The refunds of an original are numbered without gaps,
/// and each records what is left to refund, which is never negative: the last refund says all that the next
/// decision needs. Other transactions have no entry in the index.
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
