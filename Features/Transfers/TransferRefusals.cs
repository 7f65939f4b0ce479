using Bank.Infrastructure.Problems;

namespace Bank.Features.Transfers;

/// <summary>What only a transfer is refused for.</summary>
static class TransferRefusals
{
    public static Problem SourceNotFound { get; } = new(
        Status404NotFound, "source_not_found", "Source not found",
        "You have no account with the id given as the source; nothing was moved.");

    public static Problem TargetNotFound { get; } = new(
        Status404NotFound, "target_not_found", "Target not found",
        "There is no account with the id given as the target; nothing was moved.");
}
