using FluentMigrator;

namespace Bank.Migrations;

/// <summary>
/// Functions that mean the tables of their own schema, whatever the caller's search_path says, since a
/// database may have several Banks. Changes of users are announced on a channel of their table, so that
/// another Bank does not hear them.
/// </summary>
[Migration(202611300050, "Bind functions to their schema")]
public sealed class BindToTheSchema : Migration
{
    public override void Up() => Execute.Sql(
        """
        -- A body without quotes refers to the table itself. It sees what others committed meanwhile, as the
        -- text did.
        CREATE OR REPLACE FUNCTION may_open_account(owner bigint, most bigint) RETURNS boolean
        LANGUAGE sql VOLATILE
        RETURN most = 0 OR (
            SELECT count(*) FROM (SELECT FROM accounts WHERE user_id = owner LIMIT most) AS opened) < most;

        CREATE OR REPLACE FUNCTION announce_user_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM pg_notify('user_changed:' || TG_RELID, OLD.username);
            -- Instances of earlier builds listen on one channel for the whole database.
            PERFORM pg_notify('user_changed', OLD.username);
            RETURN NULL;
        END $$;
        """);

    public override void Down() => Execute.Sql(
        """
        CREATE OR REPLACE FUNCTION may_open_account(owner bigint, most bigint) RETURNS boolean
        LANGUAGE sql VOLATILE AS $$
            SELECT most = 0 OR (
                SELECT count(*) FROM (SELECT FROM accounts WHERE user_id = owner LIMIT most) AS opened) < most
        $$;

        CREATE OR REPLACE FUNCTION announce_user_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM pg_notify('user_changed', OLD.username);
            RETURN NULL;
        END $$;
        """);
}
