using Bank.Infrastructure.Problems;

namespace Bank.Features.Transfers;

/// <summary>What became of one transfer of a bulk; what it would have been answered alone.</summary>
/// <param name="Status">The HTTP status: 201 when it was posted.</param>
/// <param name="Transaction">The transfer, when it was posted.</param>
/// <param name="Code">A stable snake_case name for programs, when it was not.</param>
/// <param name="Detail">A sentence for a person, when it was not.</param>
/// <param name="Errors">With 422: which fields were refused, and why.</param>
sealed record TransferResult(
    int Status, TransferResponse? Transaction = null, string? Code = null, string? Detail = null,
    IReadOnlyList<FieldError>? Errors = null)
{
    public static TransferResult Refused(Problem problem, IReadOnlyList<FieldError>? errors = null) =>
        new(problem.Status, Code: problem.Code, Detail: problem.Detail, Errors: errors);
}
