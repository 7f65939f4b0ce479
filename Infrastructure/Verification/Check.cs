namespace Bank.Infrastructure.Verification;

/// <summary>One thing that must be true of the whole ledger.</summary>
/// <param name="Promise">What is true when nothing is found, in a line.</param>
/// <param name="Sql">A query whose rows are what contradicts it: one text each, that names the row.</param>
sealed record Check(string Promise, string Sql);
