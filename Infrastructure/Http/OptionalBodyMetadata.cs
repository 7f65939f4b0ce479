namespace Bank.Infrastructure.Http;

/// <summary>Says of a slice that its requests need no body, since no member of it is required.</summary>
sealed record OptionalBodyMetadata;
