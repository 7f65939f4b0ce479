using System.Diagnostics;

namespace Bank.Infrastructure.GroupCommit;

/// <summary>
/// One span for each statement of the group commit, as the source <c>Bank.Ledger</c>: a part of the trace of
/// the first request in it that is traced, with links to the others, since it is the work of all of them.
/// </summary>
static class GroupCommitTraces
{
    static readonly ActivitySource Source = new("Bank.Ledger");

    /// <summary>
    /// Begins the span of a batch, if any of its requests is traced. Who sends batches once served a request
    /// of its own, whose trace has no part in what is sent since.
    /// </summary>
    public static Activity? Begin(PendingCommand[] batch)
    {
        Activity.Current = null;

        if (!Source.HasListeners() || Array.Find(batch, IsTraced) is not { } first)
            return null;

        var origin = first.Set.Origin!;
        var others = batch.Where(IsTraced).Select(pending => pending.Set.Origin!).Distinct()
            .Where(other => other != origin).Select(other => new ActivityLink(other.Context));

        return Source.StartActivity("post", ActivityKind.Internal, origin.Context, links: others)
            ?.SetTag("bank.batch.size", batch.Length);
    }

    static bool IsTraced(PendingCommand pending) => pending.Set.Origin is { Recorded: true };
}
