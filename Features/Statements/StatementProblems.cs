using Bank.Infrastructure.Problems;

namespace Bank.Features.Statements;

/// <summary>Problems that only statements have.</summary>
static class StatementProblems
{
    public static Problem NotAcceptable { get; } = new(
        Status406NotAcceptable, "not_acceptable", "Not acceptable",
        "Statements are not available in any media type that Accept asks for. The API's document lists the "
        + "available ones.");
}
