using FluentMigrator;

namespace Bank.Migrations;

/// <summary>
/// The indexes that compare usernames and idempotency keys by their bytes. The sort order of a database's
/// locale comes from the operating system and changes with it; an index in the former order then misses rows
/// that it has, so that a key posts twice. The indexes are built beside the running API: nobody waits for
/// them. A failed attempt leaves an invalid index behind, which the next one drops.
/// </summary>
[Migration(202611300010, TransactionBehavior.None, "Index text by bytes")]
public sealed class IndexTextByBytes : Migration
{
    public override void Up()
    {
        Drop();
        Execute.Sql(
            """
            CREATE UNIQUE INDEX CONCURRENTLY idempotency_keys_by_bytes
                ON idempotency_keys (user_id, key COLLATE "C")
            """);
        Execute.Sql(
            """
            CREATE UNIQUE INDEX CONCURRENTLY users_by_bytes ON users (username COLLATE "C")
            """);
    }

    public override void Down() => Drop();

    void Drop()
    {
        Execute.Sql("DROP INDEX CONCURRENTLY IF EXISTS idempotency_keys_by_bytes");
        Execute.Sql("DROP INDEX CONCURRENTLY IF EXISTS users_by_bytes");
    }
}
