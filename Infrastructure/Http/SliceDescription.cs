using Bank.Infrastructure.Problems;

namespace Bank.Infrastructure.Http;

/// <summary>What a slice declares of its answers, in the words of the contract.</summary>
static class SliceDescription
{
    /// <summary>The answer of a slice that did what was asked.</summary>
    public static RouteHandlerBuilder Answers<TResponse>(this RouteHandlerBuilder slice, int status) => slice
        .Produces<TResponse>(status);

    /// <summary>The answer, without a body, of a slice that did what was asked.</summary>
    public static RouteHandlerBuilder Answers(this RouteHandlerBuilder slice, int status) =>
        slice.Produces(status);

    /// <summary>The business rules that may refuse the request; each has a status and a code.</summary>
    public static RouteHandlerBuilder Refuses(this RouteHandlerBuilder slice, params Problem[] problems) =>
        slice.WithMetadata([.. problems.Select(problem => new Refusal(problem))]);
}
