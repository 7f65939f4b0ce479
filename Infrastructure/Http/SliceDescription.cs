using Bank.Infrastructure.Problems;

namespace Bank.Infrastructure.Http;

/// <summary>What a slice declares of its answers, in the words of the contract.</summary>
static class SliceDescription
{
    /// <summary>A transaction that an example may name.</summary>
    static readonly Guid SomeTransaction = new("01980a4e-7c1b-7d3a-9f60-2b8c5d1e4f73");

    /// <summary>The answer of a slice that did what was asked.</summary>
    public static RouteHandlerBuilder Answers<TResponse>(this RouteHandlerBuilder slice, int status) => slice
        .Produces<TResponse>(status);

    /// <summary>The answer, without a body, of a slice that did what was asked.</summary>
    public static RouteHandlerBuilder Answers(this RouteHandlerBuilder slice, int status) =>
        slice.Produces(status);

    /// <summary>The business rules that may refuse the request; each has a status and a code.</summary>
    public static RouteHandlerBuilder Refuses(this RouteHandlerBuilder slice, params Problem[] problems) =>
        slice.WithMetadata([.. problems.Select(problem => new Refusal(problem))]);

    /// <summary>What every money slice may answer beside: the ledger may be overloaded or away.</summary>
    public static RouteHandlerBuilder PostsMoney(this RouteHandlerBuilder slice) => slice
        .Refuses(
            Problem.IdempotencyKeyReused, Problem.Overloaded, Problem.DatabaseUnavailable,
            Problem.OutcomeUnknown(SomeTransaction));
}
