using FluentMigrator;

namespace Bank.Migrations;

/// <summary>The people who may sign in.</summary>
[Migration(202611220001, "Create users")]
public sealed class CreateUsers : Migration
{
    public override void Up() => Execute.Sql(
        """
        CREATE TABLE users (
            id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            username      text NOT NULL UNIQUE CHECK (length(username) BETWEEN 1 AND 64),
            password_hash text NOT NULL,
            created_at    timestamptz NOT NULL DEFAULT clock_timestamp()
        );
        """);

    public override void Down() => Execute.Sql("DROP TABLE users;");
}
