using FluentMigrator;

namespace Bank.Migrations;

/// <summary>
/// What a movement of money is for, in the words of whoever asked for it. Most have none, which costs no row
/// more than a bit.
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
