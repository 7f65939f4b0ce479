using FluentMigrator;

namespace Bank.Migrations;

/// <summary>
/// The transactions of an account with the same reference, in the order of their sequence. A transaction
/// without a reference has no entry. References are compared by their bytes: the sort order of a locale
/// changes with the operating system, and an index in the former order misses rows. The indexes are built
/// beside the running API: nobody waits for them. A failed attempt leaves an invalid index behind, which the
/// next one drops.
/// </summary>
[Migration(202612010430, TransactionBehavior.None, "Index references")]
public sealed class IndexReferences : Migration
{
    public override void Up()
    {
        Down();
        Execute.Sql(
            """
            CREATE INDEX CONCURRENTLY transactions_from_reference
                ON transactions (from_account_id, reference COLLATE "C", from_version)
                WHERE reference IS NOT NULL AND from_account_id IS NOT NULL
            """);
        Execute.Sql(
            """
            CREATE INDEX CONCURRENTLY transactions_to_reference
                ON transactions (to_account_id, reference COLLATE "C", to_version)
                WHERE reference IS NOT NULL AND to_account_id IS NOT NULL
            """);
    }

    public override void Down()
    {
        Execute.Sql("DROP INDEX CONCURRENTLY IF EXISTS transactions_from_reference");
        Execute.Sql("DROP INDEX CONCURRENTLY IF EXISTS transactions_to_reference");
    }
}
