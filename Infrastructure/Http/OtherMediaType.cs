namespace Bank.Infrastructure.Http;

/// <summary>Endpoint metadata that says: the slice answers in this media type too.</summary>
/// <param name="MediaType">The media type.</param>
/// <param name="Write">Writes an answer in it, for an example; null where that is too long to read.</param>
sealed record OtherMediaType(string MediaType, Func<object, Stream, Task>? Write);
