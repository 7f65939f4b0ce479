using FluentMigrator;

namespace Bank.Migrations;

/// <summary>
/// A balance changes only together with the account's count of transactions, whoever changes it. The trigger
/// function runs only for a change that it refuses: its condition compares numbers that the update already
/// has.
/// </summary>
[Migration(202611240010, "Count every change of a balance")]
public sealed class CountEveryChange : Migration
{
    public override void Up() => Execute.Sql(
        """
        CREATE FUNCTION refuse_uncounted_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'account % may not go from balance % at version % to balance % at version %',
                OLD.id, OLD.balance, OLD.version, NEW.balance, NEW.version
                USING ERRCODE = 'restrict_violation',
                      DETAIL = 'A balance changes by transactions alone, and each of them is counted.';
        END $$;

        CREATE TRIGGER accounts_count_every_change
            AFTER UPDATE ON accounts
            FOR EACH ROW
            WHEN (NEW.version < OLD.version OR NEW.version = OLD.version AND NEW.balance <> OLD.balance)
            EXECUTE FUNCTION refuse_uncounted_change();
        """);

    public override void Down() => Execute.Sql("DROP FUNCTION refuse_uncounted_change CASCADE;");
}
