using Bank.Infrastructure.Data;
using Bank.Infrastructure.GroupCommit;
using Bank.Infrastructure.Http;
using FastEndpoints;
using static Bank.Features.Health.HealthProblems;

namespace Bank.Features.Health;

/// <summary>Check readiness</summary>
/// <remarks>
/// Returns 200 while the database responds, its schema is current and the process is not shutting down. Send
/// requests to an instance only while it does.
/// </remarks>
sealed class GetReadinessEndpoint(
    DatabaseReadiness database, InDoubtResolver recovery, IHostApplicationLifetime lifetime)
    : EndpointWithoutRequest<HealthResponse>
{
    public override void Configure()
    {
        Get("/health/ready");
        AllowAnonymous();
        Description(slice => slice.WithName("GetReadiness")
            .ProducesExample(Status200OK, new HealthResponse(true))
            .ProducesProblems(NotReady));
    }

    public override async Task HandleAsync(CancellationToken ct) =>
        await (!lifetime.ApplicationStopping.IsCancellationRequested && await database.IsReadyAsync()
            ? Send.OkAsync(new HealthResponse(true, recovery.InDoubt is > 0 and var count ? count : null), ct)
            : Send.ProblemAsync(NotReady, ct));
}
