using Npgsql;

namespace Bank.Tests.Harness;

/// <summary>Checks the plan of a money query with many commands.</summary>
static class MoneyPlan
{
    static readonly string[] Sides = ["from", "to"];

    /// <summary>
    /// Checks that no step of the plan reads more than a few rows per command, whether the commands are
    /// spread over many accounts or crowd on two, with and without idempotency keys, by the clock and on
    /// accounts that are ahead of it.
    /// </summary>
    /// <param name="bank">The server for the isolated database.</param>
    /// <param name="query">The slice's query.</param>
    /// <param name="accountParameters">The parameters with account ids.</param>
    public static async Task ShouldBeLinearAsync(
        this BankServer bank, Type query, params string[] accountParameters)
    {
        await bank.ShouldBeLinearAsync(query, accountParameters, "");
    }

    /// <summary>The same for a query with further parameters.</summary>
    /// <param name="bank">The server for the isolated database.</param>
    /// <param name="query">The slice's query.</param>
    /// <param name="accountParameters">The parameters with account ids.</param>
    /// <param name="setUp">SQL that prepares the data; accounts are numbered from 1 to 1000.</param>
    /// <param name="more">The further parameters, with a value for each command.</param>
    public static async Task ShouldBeLinearAsync(
        this BankServer bank, Type query, string[] accountParameters, string setUp,
        params (string Name, string Type, Func<int, int, object> Value)[] more)
    {
        const int Commands = 500;
        const int RowsPerCommand = 10;
        await using var own = await IsolatedDatabase.CreateMigratedAsync(bank);
        await own.Database.ExecuteAsync(
            """
            INSERT INTO users (username, password_hash) VALUES ('payer', '');
            INSERT INTO accounts (user_id, balance) SELECT id, 1000 FROM users, generate_series(1, 1000);
            """);
        await own.Database.ExecuteAsync($"{setUp}; ANALYZE;");
        await using var connection = await own.Database.OpenConnectionAsync();

        foreach (var isAhead in new[] { false, true })
        {
            if (isAhead)
                await own.Database.ExecuteAsync("UPDATE accounts SET posted_at = now() + interval '1 hour'");

            foreach (var (accounts, isKeyed) in new[]
            {
                (2 * Commands, true), (2 * Commands, false), (2, true), (2, false),
            })
            {
                var plan = await PlanAsync(
                    connection, query, accountParameters, Commands, accounts, isKeyed, more);

                plan.Steps.ShouldContain(step => step.Kind == "LockRows");
                plan.Steps.Count(step => step.Kind == "ModifyTable" && step.Rows >= Commands)
                    .ShouldBeGreaterThan(0);
                plan.Steps.ShouldAllBe(step => step.Rows <= RowsPerCommand * Commands);
            }
        }
    }

    static Task<Plan> PlanAsync(
        NpgsqlConnection connection, Type query, string[] accountParameters,
        int commands, int accounts, bool isKeyed,
        (string Name, string Type, Func<int, int, object> Value)[] more)
    {
        string Column(Func<int, object> value, bool isThere = true) =>
            $"{{{(isThere ? string.Join(',', Enumerable.Range(0, commands).Select(value)) : "")}}}";

        return Plan.OfAsync(connection, query, "Sql",
        [
            ("ids", "uuid[]", Column(_ => Guid.CreateVersion7())),
            ("callers", "bigint[]", Column(_ => 1)),
            .. accountParameters.Select((name, side) => (
                name, "bigint[]", Column(index => 1 + (2 * index + side) % accounts))),
            .. Sides.Except(accountParameters).Select(name => (name, "bigint[]", "{}")),
            ("accounts", "bigint[]", $"{{{string.Join(',', Enumerable.Range(1, accounts))}}}"),
            ("amounts", "bigint[]", Column(_ => 1)),
            ("currencies", "smallint[]", "{}"),
            ("references", "text[]", Column(_ => "reference", isKeyed)),
            ("keys", "text[]", Column(index => $"key-{index}", isKeyed)),
            ("fingerprints", "text[]", Column(_ => "fingerprint", isKeyed)),
            ("traceIds", "text[]", Column(_ => "trace", isKeyed)),
            .. more.Select(one => (one.Name, one.Type, Column(index => one.Value(accounts, index)))),
        ]);
    }
}
