using FluentMigrator;

namespace Bank.Migrations;

/// <summary>The users. A deleted user stays as a row, so that the name is never reused.</summary>
[Migration(202611220001, "Create users")]
public sealed class CreateUsers : Migration
{
    public override void Up() => Execute.Sql(
        """
        CREATE TABLE users (
            id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            username      text NOT NULL UNIQUE CHECK (length(username) BETWEEN 1 AND 64),
            password_hash text NOT NULL,
            created_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
            removed_at    timestamptz
        );

        -- Whoever changes a user, even by hand, makes every instance of the API forget the password it
        -- remembers.
        CREATE FUNCTION announce_user_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM pg_notify('user_changed', OLD.username);
            RETURN NULL;
        END $$;

        CREATE TRIGGER users_announce_changes
            AFTER UPDATE OR DELETE ON users
            FOR EACH ROW EXECUTE FUNCTION announce_user_change();
        """);

    public override void Down() => Execute.Sql("DROP TABLE users; DROP FUNCTION announce_user_change;");
}
