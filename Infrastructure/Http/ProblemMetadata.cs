using Bank.Infrastructure.Problems;
using Microsoft.AspNetCore.Http.Metadata;

namespace Bank.Infrastructure.Http;

/// <summary>Endpoint metadata: the endpoint may answer with this problem.</summary>
sealed record ProblemMetadata(Problem Problem) : IProducesResponseTypeMetadata
{
    public Type Type => typeof(ProblemBody);

    public int StatusCode => Problem.Status;

    public IEnumerable<string> ContentTypes => [Problem.MediaType];
}

/// <summary>
/// Endpoint metadata: the problem that tells a client how to check a change that is in doubt.
/// </summary>
sealed record OutcomeHint(Problem Problem);
