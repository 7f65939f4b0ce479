using Bank.Infrastructure.Problems;
using Microsoft.AspNetCore.Http.Metadata;

namespace Bank.Infrastructure.Http;

/// <summary>Endpoint metadata that says: the slice may answer with this problem.</summary>
sealed record Refusal(Problem Problem) : IProducesResponseTypeMetadata
{
    public Type Type => typeof(ProblemBody);

    public int StatusCode => Problem.Status;

    public IEnumerable<string> ContentTypes => [Problem.MediaType];
}
