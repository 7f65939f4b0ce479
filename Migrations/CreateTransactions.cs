using FluentMigrator;

namespace Bank.Migrations;

/// <summary>
/// The ledger: one row is one movement between two accounts, or between an account and the outside (null), so
/// that it balances by construction. It is append-only. Its account columns have no foreign keys: checking
/// them costs a quarter of the throughput, and the money queries post only to accounts that they have locked
/// and updated. Instead, a trigger ensures that no account is deleted.
/// </summary>
[Migration(202611220003, "Create transactions")]
public sealed class CreateTransactions : Migration
{
    public override void Up() => Execute.Sql(
        """
        CREATE TABLE transactions (
            id              uuid PRIMARY KEY,
            from_account_id bigint,
            to_account_id   bigint,
            amount          numeric(19,2) NOT NULL CHECK (amount > 0 AND amount <> 'NaN'),
            from_balance    numeric(19,2) CHECK (from_balance >= 0 AND from_balance <> 'NaN'),
            to_balance      numeric(19,2) CHECK (to_balance >= 0 AND to_balance <> 'NaN'),
            from_version    bigint CHECK (from_version > 0),
            to_version      bigint CHECK (to_version > 0),
            created_at      timestamptz NOT NULL,
            CONSTRAINT transactions_have_a_side CHECK (num_nonnulls(from_account_id, to_account_id) > 0),
            CONSTRAINT transactions_sides_differ CHECK (from_account_id <> to_account_id),
            CONSTRAINT transactions_from_is_whole
                CHECK (num_nonnulls(from_account_id, from_balance, from_version) IN (0, 3)),
            CONSTRAINT transactions_to_is_whole
                CHECK (num_nonnulls(to_account_id, to_balance, to_version) IN (0, 3)),
            CONSTRAINT transactions_from_sequence UNIQUE (from_account_id, from_version),
            CONSTRAINT transactions_to_sequence UNIQUE (to_account_id, to_version)
        );

        CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% of % is refused: the ledger only grows', TG_OP, TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation';
        END $$;

        CREATE TRIGGER transactions_are_append_only
            BEFORE UPDATE OR DELETE OR TRUNCATE ON transactions
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

        CREATE TRIGGER accounts_are_never_deleted
            BEFORE DELETE OR TRUNCATE ON accounts
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
        """);

    public override void Down() => Execute.Sql(
        """
        DROP TABLE transactions;
        DROP FUNCTION refuse_change CASCADE;
        """);
}
