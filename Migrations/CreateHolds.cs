using FluentMigrator;

namespace Bank.Migrations;

/// <summary>
/// Money set aside for a payee. The account keeps the sum of its open holds, so that the row that every debit
/// locks also says what is available. A trigger checks <c>held &lt;= balance</c> after the update; a CHECK
/// constraint would see the row as it was before the lock wait. Whoever changes a hold has locked the payer's
/// account.
/// </summary>
[Migration(202611240030, "Create holds")]
public sealed class CreateHolds : Migration
{
    const string UpSql =
        """
        ALTER TABLE accounts
            ADD COLUMN held bigint NOT NULL DEFAULT 0,
            ADD CONSTRAINT accounts_held_check CHECK (held >= 0);

        CREATE FUNCTION refuse_overheld() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'account % may not hold % of a balance of %', NEW.id, NEW.held, NEW.balance
                USING ERRCODE = 'check_violation', CONSTRAINT = 'accounts_hold_what_they_have';
        END $$;

        CREATE TRIGGER accounts_hold_what_they_have
            AFTER INSERT OR UPDATE ON accounts
            FOR EACH ROW
            WHEN (NEW.held > NEW.balance)
            EXECUTE FUNCTION refuse_overheld();

        CREATE TABLE holds (
            id              uuid PRIMARY KEY,
            number          bigint GENERATED ALWAYS AS IDENTITY,
            from_account_id bigint NOT NULL,
            to_account_id   bigint NOT NULL,
            amount          bigint NOT NULL CHECK (amount > 0),
            status          text NOT NULL DEFAULT 'held'
                CHECK (status IN ('held', 'captured', 'released', 'expired')),
            reference       text CHECK (length(reference) BETWEEN 1 AND 140),
            created_at      timestamptz NOT NULL,
            expires_at      timestamptz NOT NULL,
            settled_by      uuid UNIQUE,
            CONSTRAINT holds_sides_differ CHECK (from_account_id <> to_account_id),
            CONSTRAINT holds_last CHECK (expires_at > created_at),
            CONSTRAINT holds_settled_by_someone
                CHECK ((settled_by IS NOT NULL) = (status IN ('captured', 'released')))
        );

        CREATE INDEX holds_of_payer ON holds (from_account_id, number);
        CREATE INDEX holds_of_payee ON holds (to_account_id, number);
        CREATE INDEX holds_open ON holds (from_account_id, expires_at) WHERE status = 'held';
        CREATE INDEX holds_due ON holds (expires_at) WHERE status = 'held';

        CREATE TRIGGER holds_are_settled_once
            AFTER UPDATE ON holds
            FOR EACH ROW
            WHEN (OLD.status <> 'held' OR (OLD.id, OLD.from_account_id, OLD.to_account_id, OLD.amount)
                IS DISTINCT FROM (NEW.id, NEW.from_account_id, NEW.to_account_id, NEW.amount))
            EXECUTE FUNCTION refuse_change();

        CREATE TRIGGER holds_are_never_deleted
            BEFORE DELETE OR TRUNCATE ON holds
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

        ALTER TABLE transactions ADD COLUMN hold_id uuid;

        CREATE UNIQUE INDEX transactions_of_hold ON transactions (hold_id) WHERE hold_id IS NOT NULL;
        """;

    public override void Up() => Execute.Sql(UpSql);

    public override void Down() => Execute.Sql(
        """
        ALTER TABLE transactions DROP COLUMN hold_id;
        DROP TABLE holds;
        DROP FUNCTION refuse_overheld CASCADE;
        ALTER TABLE accounts DROP COLUMN held;
        """);
}
