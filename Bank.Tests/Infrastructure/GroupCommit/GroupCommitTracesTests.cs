using System.Diagnostics;
using Bank.Features.Deposits;
using Bank.Infrastructure.GroupCommit;

namespace Bank.Tests.Infrastructure.GroupCommit;

public sealed class GroupCommitTracesTests
{
    [Fact]
    public void Group_span_belongs_to_one_request_and_links_to_the_others()
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Bank.Ledger",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) =>
                ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        PendingCommand[] group =
            [Of(isTraced: false), Of(isTraced: true), Of(isTraced: true), Of(isTraced: false)];

        using var span = GroupCommitTraces.Start(group);

        span!.ParentSpanId.ShouldBe(group[1].Set.Origin!.SpanId);
        span.Links.ShouldHaveSingleItem().Context.SpanId.ShouldBe(group[2].Set.Origin!.SpanId);
        span.GetTagItem("bank.batch.size").ShouldBe(4);
    }

    [Fact]
    public void Group_span_links_once_to_a_request_with_several_commands()
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Bank.Ledger",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) =>
                ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        var (one, many) = (Of(isTraced: true), Of(isTraced: true));

        using var span = GroupCommitTraces.Start(
            [one, many, new PendingCommand(many.Command, null, many.Set)]);

        span!.Links.ShouldHaveSingleItem().Context.SpanId.ShouldBe(many.Set.Origin!.SpanId);
        span.GetTagItem("bank.batch.size").ShouldBe(3);
    }

    [Fact]
    public void Group_without_traced_requests_has_no_span()
    {
        using var request = new Activity("of a request that was answered long ago").Start();

        using var span = GroupCommitTraces.Start([Of(isTraced: false)]);

        span.ShouldBeNull();
        Activity.Current.ShouldBeNull();
    }

    static PendingCommand Of(bool isTraced)
    {
        using var request = new Activity("request") { ActivityTraceFlags = ActivityTraceFlags.None };
        request.Start();
        request.ActivityTraceFlags = isTraced ? ActivityTraceFlags.Recorded : ActivityTraceFlags.None;

        return new PendingCommand(
            DepositQuery.Command(1, new(1, 1m)), null,
            new CommandSet(1, TimeSpan.FromSeconds(10), TimeProvider.System));
    }
}
