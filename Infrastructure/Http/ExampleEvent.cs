namespace Bank.Infrastructure.Http;

/// <summary>Endpoint metadata that says: the slice may tell this event.</summary>
sealed record ExampleEvent(string Name, string Id, object Data);
