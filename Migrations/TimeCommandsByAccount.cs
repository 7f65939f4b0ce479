using FluentMigrator;

namespace Bank.Migrations;

/// <summary>
/// The times of a group's commands where an account is ahead of the clock, because the clock was set back.
/// Each command has the time that its own accounts need, so that no other account is drawn along; null where
/// it would be earlier than the command before it on one of its accounts. It reads the accounts as they are
/// once the caller has locked them, which the caller's own query does not.
/// </summary>
[Migration(202611300310, "Time commands by account")]
public sealed class TimeCommandsByAccount : Migration
{
    public override void Up() => Execute.Sql(
        """
        CREATE FUNCTION command_times(clock timestamptz, from_ids bigint[], to_ids bigint[])
        RETURNS timestamptz[]
        LANGUAGE plpgsql VOLATILE AS $$
        BEGIN
            RETURN (
                -- Both accounts of each command, with the time that it needs after their last postings: at
                -- most the last day that a response can show.
                WITH needed AS (
                    SELECT ordinal, id,
                           greatest(clock, least(
                               max(coalesce(posted_at, '-infinity')) OVER (PARTITION BY ordinal)
                                   + interval '1 microsecond',
                               '9999-12-31 UTC')) AS time
                    FROM unnest(from_ids, to_ids) WITH ORDINALITY AS command (from_id, to_id, ordinal)
                    CROSS JOIN LATERAL (VALUES (from_id), (to_id)) AS side (account_id)
                    LEFT JOIN accounts ON id = account_id
                ),
                -- The latest time on each account up to each command.
                reached AS (
                    SELECT ordinal, time,
                           CASE WHEN id IS NULL THEN time ELSE max(time) OVER account END AS latest
                    FROM needed
                    WINDOW account AS (PARTITION BY id ORDER BY ordinal)
                ),
                own AS (
                    SELECT ordinal, CASE WHEN max(latest) = min(time) THEN min(time) END AS time
                    FROM reached
                    GROUP BY ordinal
                )
                SELECT array_agg(time ORDER BY ordinal)
                FROM own);
        END
        $$;
        """);

    public override void Down() => Execute.Sql("DROP FUNCTION command_times;");
}
