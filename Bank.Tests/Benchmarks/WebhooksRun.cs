namespace Bank.Benchmarks;

/// <summary>One run of the API with webhooks.</summary>
/// <param name="Kind">Which webhooks.</param>
/// <param name="Api">The transfers.</param>
/// <param name="OfApi">The processor time of the API, a transfer.</param>
/// <param name="OfPostgres">That of PostgreSQL.</param>
/// <param name="Deliveries">The requests to receivers, a second.</param>
sealed record WebhooksRun(
    WebhooksKind Kind, ApiRun Api, TimeSpan OfApi, TimeSpan OfPostgres, double Deliveries)
{
    public TimeSpan Used => OfApi + OfPostgres;
}

/// <summary>Which webhooks there are.</summary>
enum WebhooksKind
{
    None,
    Busy,
    Idle,
}
