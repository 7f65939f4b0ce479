namespace Bank.Infrastructure.Problems;

/// <summary>Why one field of a request was refused.</summary>
/// <param name="Name">The field's name as the request writes it.</param>
/// <param name="Reason">What it must be.</param>
sealed record FieldError(string Name, string Reason);
