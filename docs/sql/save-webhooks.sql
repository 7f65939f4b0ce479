WITH saved AS (
    SELECT *
    FROM unnest(@ids, @replays, @sequences, @attempts, @errors::text[], @delays, @areDisabled,
                @areReleased)
         AS saved (id, replays, delivered, attempts, error, delay, is_disabled, is_released)
),
locked AS (
    SELECT webhooks.id
    FROM saved
    JOIN webhooks ON webhooks.id = saved.id
                 AND webhooks.replays = saved.replays
                 AND webhooks.lease = @lease
    ORDER BY webhooks.id
    FOR NO KEY UPDATE OF webhooks SKIP LOCKED
)
-- Without a failure, the time of the attempt stays while there is something to deliver.
UPDATE webhooks
SET sequence = least(delivered, version), attempts = saved.attempts, error = saved.error,
    next_attempt_at = CASE
        WHEN is_disabled THEN NULL
        WHEN delay > 0 THEN clock_timestamp() + delay * interval '1 second'
        WHEN is_released AND version <= delivered THEN NULL
        ELSE coalesce(next_attempt_at, clock_timestamp())
    END,
    disabled_at = CASE WHEN is_disabled THEN clock_timestamp() END,
    lease = CASE WHEN NOT is_released THEN lease END,
    leased_until = CASE WHEN NOT is_released THEN clock_timestamp() + interval '25 seconds' END
FROM locked
JOIN saved ON saved.id = locked.id, accounts
WHERE webhooks.id = locked.id
  AND accounts.id = webhooks.account_id
RETURNING webhooks.id, generation, rotated_at
