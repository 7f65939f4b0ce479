using FluentMigrator;

namespace Bank.Migrations;

/// <summary>
/// The balance of each account, and the number of its transactions. A fill factor of 70 leaves room on every
/// page, so that updates of the balance stay HOT and touch no index.
/// </summary>
[Migration(202611220002, "Create accounts")]
public sealed class CreateAccounts : Migration
{
    public override void Up() => Execute.Sql(
        """
        CREATE TABLE accounts (
            id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            user_id    bigint NOT NULL REFERENCES users,
            balance    numeric(19,2) NOT NULL DEFAULT 0 CHECK (balance >= 0 AND balance <> 'NaN'),
            version    bigint NOT NULL DEFAULT 0 CHECK (version >= 0),
            created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
            closed_at  timestamptz,
            CONSTRAINT accounts_close_empty CHECK (closed_at IS NULL OR balance = 0)
        ) WITH (fillfactor = 70);

        CREATE INDEX accounts_of_user ON accounts (user_id, id);
        """);

    public override void Down() => Execute.Sql("DROP TABLE accounts;");
}
