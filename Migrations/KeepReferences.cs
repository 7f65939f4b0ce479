using FluentMigrator;

namespace Bank.Migrations;

/// <summary>
/// A reference says what a transaction is for, in the caller's words. Most transactions have none, which
/// costs a row no more than a bit.
/// </summary>
[Migration(202611240020, "Keep references")]
public sealed class KeepReferences : Migration
{
    public override void Up() => Execute.Sql(
        """
        ALTER TABLE transactions
            ADD COLUMN reference text,
            ADD CONSTRAINT transactions_reference_check CHECK (length(reference) BETWEEN 1 AND 140);
        """);

    public override void Down() => Execute.Sql("ALTER TABLE transactions DROP COLUMN reference;");
}
