using FluentMigrator;

namespace Bank.Migrations;

/// <summary>
/// Keys stand in place of a user's password. Only their SHA-256 is stored. No foreign key: it would lock the
/// table of users while it is added, and the user for each key. Whoever deletes or changes a key, even by
/// hand, makes every instance drop the keys of its user that it has cached; the prefix tells the announcement
/// from that of a user, because no username contains a colon.
/// </summary>
[Migration(202611300510, "Create keys")]
public sealed class CreateKeys : Migration
{
    const string UpSql =
        """
        CREATE TABLE keys (
            id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            user_id      bigint NOT NULL,
            name         text NOT NULL CHECK (length(name) BETWEEN 1 AND 140),
            scope        text NOT NULL CHECK (scope IN ('full', 'read')),
            hash         bytea NOT NULL UNIQUE CHECK (length(hash) = 32),
            created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
            expires_at   timestamptz,
            last_used_at timestamptz,
            CONSTRAINT keys_last CHECK (expires_at > created_at)
        );

        CREATE INDEX keys_of_user ON keys (user_id, id);

        -- The tables of the trigger's own schema, whatever the caller's search_path says.
        CREATE FUNCTION announce_key_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            EXECUTE format(
                'SELECT pg_notify(%L, ''::'' || username) FROM %I.users WHERE id = $1',
                'user_changed:' || to_regclass(format('%I.users', TG_TABLE_SCHEMA))::oid, TG_TABLE_SCHEMA)
            USING OLD.user_id;
            RETURN NULL;
        END $$;

        CREATE TRIGGER keys_announce_changes
            AFTER DELETE OR UPDATE OF user_id, scope, hash, expires_at ON keys
            FOR EACH ROW EXECUTE FUNCTION announce_key_change();
        """;

    public override void Up() => Execute.Sql(UpSql);

    public override void Down() => Execute.Sql("DROP TABLE keys; DROP FUNCTION announce_key_change;");
}
