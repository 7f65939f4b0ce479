namespace Bank.Infrastructure.Verification;

/// <summary>An invariant of the whole ledger.</summary>
/// <param name="Promise">The invariant, in a line.</param>
/// <param name="Sql">A query that returns a text for each violation, naming the row.</param>
/// <param name="Expected">The query's parameter, if it has one.</param>
sealed record Check(string Promise, string Sql, string[]? Expected = null);
