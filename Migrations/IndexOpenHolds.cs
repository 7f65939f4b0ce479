using FluentMigrator;

namespace Bank.Migrations;

/// <summary>
/// The open holds of an account, newest first. They are few among many: without these indexes a page reads
/// every hold that the account ever had. The indexes are built beside the running API: nobody waits for
/// them. A failed attempt leaves an invalid index behind, which the next one drops.
/// </summary>
[Migration(202611300710, TransactionBehavior.None, "Index open holds")]
public sealed class IndexOpenHolds : Migration
{
    public override void Up()
    {
        Down();
        Execute.Sql(
            """
            CREATE INDEX CONCURRENTLY holds_open_of_payer
                ON holds (from_account_id, number) WHERE status = 'held'
            """);
        Execute.Sql(
            """
            CREATE INDEX CONCURRENTLY holds_open_of_payee
                ON holds (to_account_id, number) WHERE status = 'held'
            """);
    }

    public override void Down()
    {
        Execute.Sql("DROP INDEX CONCURRENTLY IF EXISTS holds_open_of_payer");
        Execute.Sql("DROP INDEX CONCURRENTLY IF EXISTS holds_open_of_payee");
    }
}
