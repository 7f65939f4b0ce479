using FluentMigrator;

namespace Bank.Migrations;

/// <summary>
/// The outcome of every command with an idempotency key, so that a replay gets the same response. A refused
/// command has the transaction id that it would have had; the trace id is that of the original response.
/// </summary>
[Migration(202611220004, "Create idempotency keys")]
public sealed class CreateIdempotencyKeys : Migration
{
    public override void Up() => Execute.Sql(
        """
        CREATE TABLE idempotency_keys (
            user_id        bigint NOT NULL REFERENCES users,
            key            text NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
            fingerprint    text NOT NULL,
            outcome        text NOT NULL,
            transaction_id uuid NOT NULL,
            trace_id       text NOT NULL,
            created_at     timestamptz NOT NULL,
            PRIMARY KEY (user_id, key)
        );
        """);

    public override void Down() => Execute.Sql("DROP TABLE idempotency_keys;");
}
