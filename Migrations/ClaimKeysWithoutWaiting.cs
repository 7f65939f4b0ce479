using FluentMigrator;

namespace Bank.Migrations;

/// <summary>
/// A money query waits for no lock. A key that another session has inserted or deleted, but not committed, is
/// reported as locked after a millisecond, and its neighbours are claimed one by one. The foreign key to
/// users is dropped: it locked the user for each key. Users are never deleted by the API, and ids are never
/// reused.
/// </summary>
[Migration(202611300320, "Claim keys without waiting")]
public sealed class ClaimKeysWithoutWaiting : Migration
{
    const string UpSql =
        """
        ALTER TABLE idempotency_keys DROP CONSTRAINT idempotency_keys_user_id_fkey;

        -- Claims the keys of the commands that have an outcome. Null if it got all of them; otherwise tells
        -- of each one whether it exists already (true) or another session has locked it (false). A claim
        -- that fails in the inner block leaves nothing behind, and is repeated key by key.
        CREATE FUNCTION claim_keys(
            callers bigint[], keys text[], fingerprints text[], ids uuid[], trace_ids text[],
            outcomes text[], claimed_at timestamptz)
        RETURNS boolean[]
        LANGUAGE plpgsql VOLATILE AS $$
        DECLARE
            claimed uuid[];
            is_taken boolean[];
            patience text := current_setting('lock_timeout');
        BEGIN
            BEGIN
                -- By what was inserted, not by the id: a command that is sent again, because its result
                -- was lost, finds its own key, and what was committed with that counts.
                WITH claim AS (
                    INSERT INTO idempotency_keys (
                        user_id, key, fingerprint, outcome, transaction_id, trace_id, created_at)
                    SELECT c.*, claimed_at
                    FROM unnest(callers, keys, fingerprints, outcomes, ids, trace_ids)
                        AS c (caller, key, fingerprint, outcome, id, trace_id)
                    WHERE outcome IS NOT NULL
                    ON CONFLICT DO NOTHING
                    RETURNING transaction_id
                )
                SELECT array_agg(transaction_id) INTO claimed FROM claim;

                IF cardinality(claimed) = cardinality(array_remove(outcomes, NULL)) THEN
                    RETURN NULL;
                END IF;

                RETURN ARRAY(
                    SELECT CASE WHEN outcome IS NOT NULL AND id = ANY (claimed) IS NOT TRUE
                                THEN true END
                    FROM unnest(outcomes, ids) WITH ORDINALITY AS c (outcome, id, ordinal)
                    ORDER BY ordinal);
            EXCEPTION WHEN lock_not_available THEN
                is_taken := array_fill(NULL::boolean, ARRAY[cardinality(ids)]);
            END;

            PERFORM set_config('lock_timeout', '1ms', true);

            FOR i IN 1 .. cardinality(ids) LOOP
                CONTINUE WHEN outcomes[i] IS NULL;

                BEGIN
                    INSERT INTO idempotency_keys (
                        user_id, key, fingerprint, outcome, transaction_id, trace_id, created_at)
                    VALUES (
                        callers[i], keys[i], fingerprints[i], outcomes[i], ids[i], trace_ids[i],
                        claimed_at)
                    ON CONFLICT DO NOTHING;

                    IF NOT FOUND THEN
                        is_taken[i] := true;
                    END IF;
                EXCEPTION WHEN lock_not_available THEN
                    is_taken[i] := false;
                END;
            END LOOP;

            PERFORM set_config('lock_timeout', patience, true);
            RETURN is_taken;
        END
        $$;
        """;

    public override void Up() => Execute.Sql(UpSql);

    public override void Down() => Execute.Sql(
        """
        DROP FUNCTION claim_keys;

        DELETE FROM idempotency_keys WHERE user_id NOT IN (SELECT id FROM users);

        ALTER TABLE idempotency_keys
            ADD CONSTRAINT idempotency_keys_user_id_fkey FOREIGN KEY (user_id) REFERENCES users;
        """);
}
