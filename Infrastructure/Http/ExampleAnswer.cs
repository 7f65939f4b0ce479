namespace Bank.Infrastructure.Http;

/// <summary>Endpoint metadata that says: the slice that did what was asked may answer with this body.</summary>
sealed record ExampleAnswer(object Body);
