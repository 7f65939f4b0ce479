WITH free AS (
    SELECT webhooks.id
    FROM webhooks
    JOIN accounts ON accounts.id = webhooks.account_id
    JOIN users ON users.id = accounts.user_id
              AND users.removed_at IS NULL AND users.blocked_at IS NULL
    WHERE webhooks.account_id = ANY (@accountIds)
      AND webhooks.sequence < accounts.version
      AND webhooks.disabled_at IS NULL
      AND (webhooks.next_attempt_at IS NULL OR webhooks.next_attempt_at <= now())
      AND (webhooks.leased_until IS NULL OR webhooks.leased_until <= now()
           OR webhooks.lease = @lease)
    ORDER BY webhooks.id
    FOR NO KEY UPDATE OF webhooks SKIP LOCKED
)
-- The time of the attempt stays until there is nothing more to deliver, so that another instance goes
-- on when the lease ends.
UPDATE webhooks
SET lease = @lease, leased_until = clock_timestamp() + interval '25 seconds',
    next_attempt_at = coalesce(next_attempt_at, clock_timestamp())
FROM free
WHERE webhooks.id = free.id
RETURNING webhooks.id, account_id, url, sequence, replays, attempts, error,
          generation, rotated_at
