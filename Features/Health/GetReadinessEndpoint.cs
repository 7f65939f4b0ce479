using Bank.Infrastructure.Data;
using Bank.Infrastructure.GroupCommit;
using Bank.Infrastructure.Http;
using FastEndpoints;
using static Bank.Features.Health.HealthRefusals;

namespace Bank.Features.Health;

/// <summary>Ask whether requests can be served</summary>
/// <remarks>
/// They can while the database answers, its schema is current and the process is not told to stop: send
/// requests here only while this answers 200.
/// </remarks>
sealed class GetReadinessEndpoint(DatabaseReadiness database, InDoubtResolver recovery, IHostApplicationLifetime lifetime)
    : EndpointWithoutRequest<HealthResponse>
{
    public override void Configure()
    {
        Get("/health/ready");
        AllowAnonymous();
        Description(slice => slice.WithName("GetReadiness").ProducesExample(Status200OK, new HealthResponse(true))
            .ProducesProblems(NotReady));
    }

    public override async Task HandleAsync(CancellationToken ct) =>
        await (!lifetime.ApplicationStopping.IsCancellationRequested && await database.IsReadyAsync()
            ? Send.OkAsync(new HealthResponse(true, recovery.Unsettled is > 0 and var count ? count : null), ct)
            : Send.ProblemAsync(NotReady, ct));
}
