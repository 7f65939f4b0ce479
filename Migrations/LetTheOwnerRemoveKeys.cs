using FluentMigrator;

namespace Bank.Migrations;

/// <summary>
/// Takes rights from the API's role, in case somebody else has its password. It may no longer remove keys
/// that have just been used, lock their whole table, bring back a removed user, or open a closed account
/// again. The triggers look only at changes of their column, so a posting does not run them.
/// </summary>
[Migration(202611300420, "Let the owner remove keys")]
public sealed class LetTheOwnerRemoveKeys : Migration
{
    public override void Up() => Execute.Sql(
        """
        -- The body refers to the table itself, so a temporary table of the caller's cannot take its place. It
        -- is quoted, because the driver would split it at its semicolon. A minute is the shortest time that a
        -- key can be kept for.
        DO $do$ BEGIN EXECUTE $function$
            CREATE FUNCTION remove_expired_keys(first bigint, pages bigint, expired timestamptz, turn integer)
            RETURNS bigint LANGUAGE sql SECURITY DEFINER
            BEGIN ATOMIC
                WITH removed AS (
                    DELETE FROM idempotency_keys
                    WHERE ctid >= format('(%s,0)', first)::tid
                      AND ctid < format('(%s,0)', first + pages)::tid
                      AND created_at < least(expired, clock_timestamp() - interval '1 minute')
                      AND (SELECT pg_try_advisory_xact_lock(turn, 'idempotency_keys'::regclass::oid::int))
                    RETURNING user_id
                )
                SELECT count(*) FROM removed;
            END
        $function$; END $do$;

        REVOKE ALL ON FUNCTION remove_expired_keys FROM PUBLIC;

        CREATE TRIGGER users_stay_removed
            AFTER UPDATE OF removed_at ON users
            FOR EACH ROW WHEN (OLD.removed_at IS NOT NULL AND NEW.removed_at IS NULL)
            EXECUTE FUNCTION refuse_change();

        CREATE TRIGGER accounts_stay_closed
            AFTER UPDATE OF closed_at ON accounts
            FOR EACH ROW WHEN (OLD.closed_at IS NOT NULL AND NEW.closed_at IS NULL)
            EXECUTE FUNCTION refuse_change();
        """);

    public override void Down() => Execute.Sql(
        """
        DROP TRIGGER accounts_stay_closed ON accounts;
        DROP TRIGGER users_stay_removed ON users;
        DROP FUNCTION remove_expired_keys;
        """);
}
