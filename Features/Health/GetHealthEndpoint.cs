using Bank.Infrastructure.Http;
using FastEndpoints;

namespace Bank.Features.Health;

/// <summary>Check liveness</summary>
/// <remarks>
/// The process responds. The database is not checked: a restart of the process would not bring it back.
/// </remarks>
sealed class GetHealthEndpoint : EndpointWithoutRequest<HealthResponse>
{
    public override void Configure()
    {
        Get("/health");
        AllowAnonymous();
        Description(slice => slice.WithName("GetHealth")
            .ProducesExample(Status200OK, new HealthResponse(true)));
    }

    public override async Task HandleAsync(CancellationToken ct) =>
        await Send.OkAsync(new HealthResponse(true), ct);
}
