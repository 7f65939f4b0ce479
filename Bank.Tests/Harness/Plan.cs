using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Npgsql;

namespace Bank.Tests.Harness;

/// <summary>How PostgreSQL ran a query under the generic plan that the API uses.</summary>
sealed partial class Plan(JsonElement root)
{
    /// <summary>The steps of the plan.</summary>
    public IReadOnlyList<PlanStep> Steps { get; } = [.. StepsOf(root)];

    /// <summary>Runs a query and rolls it back.</summary>
    /// <param name="connection">A connection to a database with the schema.</param>
    /// <param name="query">The class with the SQL constant.</param>
    /// <param name="constant">The name of the constant.</param>
    /// <param name="parameters">Name, type and value, as SQL text, of each parameter.</param>
    public static async Task<Plan> OfAsync(
        NpgsqlConnection connection, Type query, string constant,
        params (string Name, string Type, string Value)[] parameters)
    {
        var field = query.GetField(constant, BindingFlags.Static | BindingFlags.NonPublic).ShouldNotBeNull();
        var sql = Placeholder.Replace((string)field.GetRawConstantValue()!, name =>
            $"${1 + Array.FindIndex(parameters, parameter => parameter.Name == name.Groups[1].Value)}");
        var types = string.Join(", ", parameters.Select(parameter => parameter.Type));
        var values = string.Join(", ", parameters.Select(
            parameter => parameter.Value == "NULL" ? "NULL" : $"'{parameter.Value}'"));

        await using var command = new NpgsqlCommand(
            $"""
            BEGIN;
            SET LOCAL plan_cache_mode = force_generic_plan;
            SET LOCAL jit = off;
            PREPARE explained ({types}) AS {sql};
            EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE explained ({values});
            DEALLOCATE explained;
            ROLLBACK;
            """,
            connection);

        return new Plan(JsonDocument.Parse((string)(await command.ExecuteScalarAsync())!).RootElement[0]);
    }

    static IEnumerable<PlanStep> StepsOf(JsonElement node)
    {
        if (node.TryGetProperty("Plan", out var root))
            return StepsOf(root);

        var children = node.TryGetProperty("Plans", out var plans) ? plans.EnumerateArray().ToArray() : [];
        var kind = node.GetProperty("Node Type").GetString()!;

        // A change without RETURNING returns no rows; its source tells how many it writes.
        var rows = kind == "ModifyTable" ? RowsOf(children.Single(IsSource)) : RowsOf(node);

        return children.SelectMany(StepsOf).Prepend(new PlanStep(kind, rows));
    }

    static bool IsSource(JsonElement child) =>
        child.GetProperty("Parent Relationship").GetString() == "Outer";

    static double RowsOf(JsonElement node)
    {
        return Number("Actual Loops") * (Number("Actual Rows")
            + Number("Rows Removed by Filter") + Number("Rows Removed by Join Filter"));

        double Number(string name) => node.TryGetProperty(name, out var value) ? value.GetDouble() : 0;
    }

    [GeneratedRegex(@"@(\w+)")]
    static partial Regex Placeholder { get; }
}
