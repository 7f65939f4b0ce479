using System.Diagnostics;

namespace Bank.Infrastructure.GroupCommit;

/// <summary>
/// One span for each group, as the source <c>Bank.Ledger</c>: a part of the trace of its first traced
/// request, with links to the other ones, since the query is the work of all of them.
/// </summary>
static class GroupCommitTraces
{
    static readonly ActivitySource Source = new("Bank.Ledger");

    /// <summary>
    /// Starts the span of a group, if any of its requests is traced. A sender may have been started by an
    /// earlier request, whose trace has no part in the group.
    /// </summary>
    public static Activity? Start(PendingCommand[] group)
    {
        Activity.Current = null;

        if (!Source.HasListeners() || Array.Find(group, IsTraced) is not { } first)
            return null;

        var origin = first.Set.Origin!;
        var others = group.Where(IsTraced).Select(command => command.Set.Origin!).Distinct()
            .Where(other => other != origin).Select(other => new ActivityLink(other.Context));

        return Source.StartActivity("post", ActivityKind.Internal, origin.Context, links: others)
            ?.SetTag("bank.batch.size", group.Length);
    }

    static bool IsTraced(PendingCommand command) => command.Set.Origin is { Recorded: true };
}
