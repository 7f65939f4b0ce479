using Bank.Infrastructure.Data;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.Ledger;
using FastEndpoints;
using static Bank.Features.Health.HealthRefusals;

namespace Bank.Features.Health;

/// <summary>Says whether requests can be served: the database answers and its schema is current.</summary>
/// <remarks>Requests should be sent here only while it answers 200.</remarks>
sealed class GetReadinessEndpoint(DatabaseReadiness database, Recovery recovery)
    : EndpointWithoutRequest<HealthResponse>
{
    public override void Configure()
    {
        Get("/health/ready");
        AllowAnonymous();
        Description(slice => slice.WithName("GetReadiness").Answers<HealthResponse>(Status200OK)
            .Refuses(NotReady));
    }

    public override async Task HandleAsync(CancellationToken ct) =>
        await (await database.IsReadyAsync()
            ? Send.OkAsync(new HealthResponse(true, recovery.Unsettled is > 0 and var count ? count : null), ct)
            : Send.ProblemAsync(NotReady, ct));
}
