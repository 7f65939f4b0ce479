using Bank.Infrastructure.Ledger;
using Bank.Infrastructure.Problems;

namespace Bank.Features.Transfers;

/// <summary>The result of one transfer of a bulk: what a single transfer would have been answered.</summary>
/// <param name="Status">The HTTP status: 201 if it was posted.</param>
/// <param name="Transaction">The transaction, if it was posted.</param>
/// <param name="Code">The problem's stable snake_case code for programs, otherwise.</param>
/// <param name="Detail">The problem in a sentence for people, otherwise.</param>
/// <param name="Errors">With 422: the fields that were refused, and why.</param>
sealed record TransferResult(
    int Status, Transaction? Transaction = null, string? Code = null, string? Detail = null,
    IReadOnlyList<FieldError>? Errors = null)
{
    public static TransferResult FromProblem(Problem problem, IReadOnlyList<FieldError>? errors = null) =>
        new(problem.Status, Code: problem.Code, Detail: problem.Detail, Errors: errors);
}
