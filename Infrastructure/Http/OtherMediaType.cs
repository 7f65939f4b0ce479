namespace Bank.Infrastructure.Http;

/// <summary>Endpoint metadata that says: the slice answers in this media type too.</summary>
sealed record OtherMediaType(string MediaType);
