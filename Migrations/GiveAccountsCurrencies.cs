using FluentMigrator;

namespace Bank.Migrations;

/// <summary>
/// The currency of an account, by its number of ISO 4217; 0 is none. It is the scale of every amount of the
/// account, so it never changes. The first one is kept beside it, by which a change is found. Neither column
/// rewrites the table.
/// </summary>
[Migration(202612010010, "Give accounts currencies")]
public sealed class GiveAccountsCurrencies : Migration
{
    public override void Up() => Execute.Sql(
        """
        ALTER TABLE accounts
            ADD COLUMN currency smallint NOT NULL DEFAULT 0,
            ADD COLUMN first_currency smallint NOT NULL DEFAULT 0;

        CREATE FUNCTION keep_first_currency() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            NEW.first_currency := NEW.currency;
            RETURN NEW;
        END $$;

        CREATE TRIGGER accounts_keep_first_currency
            BEFORE INSERT ON accounts
            FOR EACH ROW
            WHEN (NEW.currency <> NEW.first_currency)
            EXECUTE FUNCTION keep_first_currency();
        """);

    public override void Down() => Execute.Sql(
        """
        DROP FUNCTION keep_first_currency CASCADE;

        ALTER TABLE accounts
            DROP COLUMN currency,
            DROP COLUMN first_currency;
        """);
}
