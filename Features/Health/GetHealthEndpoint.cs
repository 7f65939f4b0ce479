using Bank.Infrastructure.Http;
using FastEndpoints;

namespace Bank.Features.Health;

/// <summary>Ask whether the process serves</summary>
/// <remarks>It does not ask the database, which no restart of the process would bring back.</remarks>
sealed class GetHealthEndpoint : EndpointWithoutRequest<HealthResponse>
{
    public override void Configure()
    {
        Get("/health");
        AllowAnonymous();
        Description(slice => slice.WithName("GetHealth").ProducesExample(Status200OK, new HealthResponse(true)));
    }

    public override async Task HandleAsync(CancellationToken ct) =>
        await Send.OkAsync(new HealthResponse(true), ct);
}
