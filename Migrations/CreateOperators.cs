using FluentMigrator;

namespace Bank.Migrations;

/// <summary>
/// Operators run the bank. The API's role cannot make one; it can block a user, expire a password, and record
/// what an operator did. The record only grows, like the ledger.
/// </summary>
[Migration(202612010900, "Create operators")]
public sealed class CreateOperators : Migration
{
    public override void Up() => Execute.Sql(
        """
        ALTER TABLE users
            ADD COLUMN is_operator boolean NOT NULL DEFAULT false,
            ADD COLUMN blocked_at timestamptz,
            ADD COLUMN is_password_expired boolean NOT NULL DEFAULT false;

        -- The operator is null where the owner of the database acted, with the program's own command.
        CREATE TABLE operator_actions (
            id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            operator_id bigint,
            action      text NOT NULL CHECK (length(action) BETWEEN 1 AND 40),
            user_id     bigint NOT NULL,
            reason      text CHECK (length(reason) BETWEEN 1 AND 140),
            trace_id    text NOT NULL,
            created_at  timestamptz NOT NULL DEFAULT clock_timestamp()
        );

        CREATE INDEX operator_actions_of_user ON operator_actions (user_id, id);
        CREATE INDEX operator_actions_of_operator ON operator_actions (operator_id, id);

        CREATE TRIGGER operator_actions_are_append_only
            BEFORE UPDATE OR DELETE OR TRUNCATE ON operator_actions
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
        """);

    public override void Down() => Execute.Sql(
        """
        DROP TABLE operator_actions;
        ALTER TABLE users DROP COLUMN is_operator, DROP COLUMN blocked_at, DROP COLUMN is_password_expired;
        """);
}
