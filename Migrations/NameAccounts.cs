using FluentMigrator;

namespace Bank.Migrations;

/// <summary>
/// The owner's name for an account. The check is added without reading the rows, which would lock them out
/// for as long; <see cref="ValidateAccountNames"/> does it beside the running API.
/// </summary>
[Migration(202612010410, "Name accounts")]
public sealed class NameAccounts : Migration
{
    public override void Up() => Execute.Sql(
        """
        ALTER TABLE accounts
            ADD COLUMN name text,
            ADD CONSTRAINT accounts_name_check CHECK (length(name) BETWEEN 1 AND 140) NOT VALID;
        """);

    public override void Down() => Execute.Sql("ALTER TABLE accounts DROP COLUMN name;");
}
