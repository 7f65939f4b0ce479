namespace Bank.Infrastructure.Problems;

/// <summary>A field of a request that was refused.</summary>
/// <param name="Name">The field's name in the request.</param>
/// <param name="Reason">What it must be.</param>
sealed record FieldError(string Name, string Reason);
