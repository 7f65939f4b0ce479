using FluentMigrator;

namespace Bank.Migrations;

/// <summary>
/// Webhooks remember the sequence that they have delivered; what they deliver is in the ledger. No foreign
/// key: it would lock the account for each webhook. Their rows change often, and no index has the columns
/// that do while a receiver accepts its requests, so that a page keeps room for new versions of its rows.
/// </summary>
[Migration(202612010310, "Create webhooks")]
public sealed class CreateWebhooks : Migration
{
    const string UpSql =
        """
        CREATE TABLE webhooks (
            id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            account_id      bigint NOT NULL,
            url             text NOT NULL CHECK (length(url) BETWEEN 1 AND 2048),
            sequence        bigint NOT NULL CHECK (sequence >= 0),
            replays         integer NOT NULL DEFAULT 0,
            generation      integer NOT NULL DEFAULT 1 CHECK (generation > 0),
            rotated_at      timestamptz,
            attempts        integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
            next_attempt_at timestamptz,
            error           text CHECK (length(error) BETWEEN 1 AND 200),
            disabled_at     timestamptz,
            lease           uuid,
            leased_until    timestamptz,
            created_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
            CONSTRAINT webhooks_rest_when_disabled CHECK (disabled_at IS NULL OR next_attempt_at IS NULL),
            CONSTRAINT webhooks_lease_ends CHECK ((lease IS NULL) = (leased_until IS NULL))
        ) WITH (fillfactor = 50);

        CREATE INDEX webhooks_of_account ON webhooks (account_id, id);
        CREATE INDEX webhooks_due ON webhooks (next_attempt_at) WHERE next_attempt_at IS NOT NULL;
        """;

    public override void Up() => Execute.Sql(UpSql);

    public override void Down() => Execute.Sql("DROP TABLE webhooks");
}
