using Bank.Tests.Harness;

namespace Bank.Tests.Migrations;

/// <summary>What the schema refuses, whoever asks: it holds even where the code does not.</summary>
public sealed class SchemaTests(BankServer bank)
{
    const string Insert =
        """
        INSERT INTO transactions (
            id, from_account_id, to_account_id, amount,
            from_balance, to_balance, from_version, to_version, created_at)
        VALUES (gen_random_uuid(),
        """;

    [Theory]
    [InlineData("UPDATE transactions SET amount = amount + 1")]
    [InlineData("UPDATE transactions SET amount = amount WHERE id = gen_random_uuid()")]
    [InlineData("DELETE FROM transactions")]
    [InlineData("INSERT INTO transactions TABLE transactions ON CONFLICT (id) DO UPDATE SET amount = 1")]
    public async Task Transactions_cannot_be_updated_or_deleted(string sql)
    {
        var (_, accounts) = await bank.RegisterAsync(100m);

        var refusal = await bank.Database.ShouldRefuseAsync(sql);

        refusal.MessageText.ShouldContain("the ledger only grows");
        await bank.Ledger.ShouldHoldAsync(accounts);
    }

    [Fact]
    public async Task Accounts_cannot_be_deleted()
    {
        var (_, accounts) = await bank.RegisterAsync(0m);

        var refusal = await bank.Database.ShouldRefuseAsync(
            "DELETE FROM accounts WHERE id = $1", accounts[0]);

        refusal.MessageText.ShouldContain("the ledger only grows");
        await bank.Ledger.ShouldHoldAsync(accounts);
    }

    [Theory]
    [InlineData("TRUNCATE transactions")]
    [InlineData("TRUNCATE transactions CASCADE")]
    [InlineData("TRUNCATE accounts")]
    [InlineData("TRUNCATE accounts CASCADE")]
    [InlineData("TRUNCATE users CASCADE")]
    public async Task Ledger_tables_cannot_be_truncated(string sql)
    {
        // A database of its own, since truncating would wait for everyone who uses the table.
        await using var own = await IsolatedDatabase.CreateMigratedAsync(bank);

        var refusal = await own.Database.ShouldRefuseAsync(sql);

        refusal.MessageText.ShouldContain("the ledger only grows");
    }

    [Theory]
    [InlineData("null, null, 1, null, null, null, null", "transactions_have_a_side")]
    [InlineData("1, 1, 1, 1, 1, 1000001, 1000001", "transactions_sides_differ")]
    [InlineData("1, null, 1, null, null, null, null", "transactions_from_is_whole")]
    [InlineData("1, null, 1, 1, null, null, null", "transactions_from_is_whole")]
    [InlineData("1, null, 1, null, null, 1000001, null", "transactions_from_is_whole")]
    [InlineData("null, 1, 1, 1, 1, 1000001, 1000001", "transactions_from_is_whole")]
    [InlineData("null, 1, 1, null, null, null, null", "transactions_to_is_whole")]
    [InlineData("null, 1, 1, null, 1, null, null", "transactions_to_is_whole")]
    [InlineData("null, 1, 1, null, null, null, 1000001", "transactions_to_is_whole")]
    [InlineData("1, null, 1, 1, 1, 1000001, 1000001", "transactions_to_is_whole")]
    [InlineData("null, 1, 0, null, 1, null, 1000001", "transactions_amount_check")]
    [InlineData("null, 1, -1, null, 1, null, 1000001", "transactions_amount_check")]
    [InlineData("null, 1, 1, null, -1, null, 1000001", "transactions_to_balance_check")]
    [InlineData("1, null, 1, -1, null, 1000001, null", "transactions_from_balance_check")]
    [InlineData("1, null, 1, 1, null, 0, null", "transactions_from_version_check")]
    [InlineData("null, 1, 1, null, 1, null, 0", "transactions_to_version_check")]
    public async Task Invalid_transaction_violates_a_constraint(string values, string constraint)
    {
        var refusal = await bank.Database.ShouldRefuseAsync($"{Insert} {values}, now())");

        refusal.ConstraintName.ShouldBe(constraint);
    }

    [Theory]
    [InlineData("null, 1, null, null, 1, null, 1000001", "23502")]
    [InlineData("null, 1, 'NaN', null, 1, null, 1000001", "22P02")]
    [InlineData("null, 1, 9223372036854775808, null, 1, null, 1000001", "22003")]
    public async Task Amount_outside_the_column_type_is_refused(string values, string sqlState)
    {
        var refusal = await bank.Database.ShouldRefuseAsync($"{Insert} {values}, now())");

        refusal.SqlState.ShouldBe(sqlState);
    }

    [Theory]
    [InlineData("''")]
    [InlineData("repeat('x', 141)")]
    public async Task Empty_or_too_long_reference_violates_a_constraint(string reference)
    {
        var refusal = await bank.Database.ShouldRefuseAsync(
            $"""
            INSERT INTO transactions (
                id, to_account_id, amount, to_balance, to_version, created_at, reference)
            VALUES (gen_random_uuid(), 1, 1, 1, 1000001, now(), {reference})
            """);

        refusal.ConstraintName.ShouldBe("transactions_reference_check");
    }

    [Fact]
    public async Task Sequence_numbers_are_unique_per_account()
    {
        var (customer, accounts) = await bank.RegisterAsync(100m);
        (await customer.WithdrawAsync(accounts[0], 10m)).Dispose();

        var received = await bank.Database.ShouldRefuseAsync(
            $"{Insert} null, $1, 1, null, 1, null, 1, now())", accounts[0]);
        var paid = await bank.Database.ShouldRefuseAsync(
            $"{Insert} $1, null, 1, 1, null, 2, null, now())", accounts[0]);

        received.ConstraintName.ShouldBe("transactions_to_sequence");
        paid.ConstraintName.ShouldBe("transactions_from_sequence");
    }

    [Theory]
    [InlineData("balance = -1", "accounts_balance_check")]
    [InlineData("balance = 1000000000000000000", "accounts_balance_check")]
    [InlineData("version = -1", "accounts_version_check")]
    [InlineData("user_id = -1", "accounts_user_id_fkey")]
    public async Task Invalid_account_violates_a_constraint(string change, string constraint)
    {
        var (_, accounts) = await bank.RegisterAsync(0m);

        var refusal = await bank.Database.ShouldRefuseAsync(
            $"UPDATE accounts SET {change} WHERE id = $1", accounts[0]);

        refusal.ConstraintName.ShouldBe(constraint);
    }

    [Theory]
    [InlineData("balance = balance + 1")]
    [InlineData("balance = balance - 1")]
    [InlineData("balance = balance + 1, version = version - 1")]
    [InlineData("version = version - 1")]
    public async Task Balance_change_without_a_new_version_is_refused(string change)
    {
        var (_, accounts) = await bank.RegisterAsync(1m);

        var refusal = await bank.Database.ShouldRefuseAsync(
            $"UPDATE accounts SET {change} WHERE id = $1", accounts[0]);

        refusal.MessageText.ShouldStartWith(
            $"account {accounts[0]} may not go from balance 100 at version 1 to ");
        await bank.Ledger.ShouldHoldAsync(accounts);
    }

    [Theory]
    [InlineData("('', 'hash')", "users_username_check")]
    [InlineData("(repeat('x', 65), 'hash')", "users_username_check")]
    public async Task Invalid_username_violates_a_constraint(string values, string constraint)
    {
        var refusal = await bank.Database.ShouldRefuseAsync(
            $"INSERT INTO users (username, password_hash) VALUES {values}");

        refusal.ConstraintName.ShouldBe(constraint);
    }
}
