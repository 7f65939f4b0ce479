using Bank.Infrastructure.GroupCommit;
using Microsoft.Extensions.DependencyInjection;

namespace Bank.Tests.Harness;

/// <summary>Creates group committers beside the one of the API, as other instances would have them.</summary>
static class GroupCommitters
{
    /// <summary>Creates a group committer with a queue and senders of its own.</summary>
    public static GroupCommitter CreateGroupCommitter(
        this IServiceProvider services, GroupCommitOptions options)
    {
        var queue = new CommandQueue(options, TimeProvider.System);
        var background = ActivatorUtilities.CreateInstance<BackgroundSlots>(services, options);
        var sender = ActivatorUtilities.CreateInstance<GroupSender>(services, background, queue);

        return ActivatorUtilities.CreateInstance<GroupCommitter>(services, queue, sender);
    }
}
