using Bank.Infrastructure.Problems;

namespace Bank.Features.History;

/// <summary>What only histories refuse.</summary>
static class HistoryRefusals
{
    public static Problem NotAcceptable { get; } = new(
        Status406NotAcceptable, "not_acceptable", "Not acceptable",
        "There is no statement in a media type that Accept asks for; the operation lists what there is.");
}
