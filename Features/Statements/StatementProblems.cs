using Bank.Infrastructure.Problems;

namespace Bank.Features.Statements;

/// <summary>Problems that only statements have.</summary>
static class StatementProblems
{
    public static Problem NotAcceptable { get; } = new(
        Status406NotAcceptable, "not_acceptable", "Not acceptable",
        "There is no statement in a media type that Accept asks for; the operation lists what there is.");
}
