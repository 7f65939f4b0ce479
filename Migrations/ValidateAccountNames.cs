using FluentMigrator;

namespace Bank.Migrations;

/// <summary>Validates the check of account names, beside the running API.</summary>
[Migration(202612010420, TransactionBehavior.None, "Validate account names")]
public sealed class ValidateAccountNames : Migration
{
    public override void Up() => Execute.Sql("ALTER TABLE accounts VALIDATE CONSTRAINT accounts_name_check");

    public override void Down() => Execute.Sql(
        """
        ALTER TABLE accounts
            DROP CONSTRAINT accounts_name_check,
            ADD CONSTRAINT accounts_name_check CHECK (length(name) BETWEEN 1 AND 140) NOT VALID;
        """);
}
