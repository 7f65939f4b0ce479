using System.Diagnostics.Metrics;
using Bank.Infrastructure.Ledger;
using Bank.Infrastructure.Problems;

namespace Bank.Infrastructure.GroupCommit;

/// <summary>
/// The metrics of the ledger, as the meter <c>Bank.Ledger</c>. Times are in seconds. No label names a
/// user or an account. Without a listener a measurement costs one comparison; none allocates.
/// </summary>
sealed class GroupCommitMetrics
{
    const string KindLabel = "bank.command.kind";
    const string OutcomeLabel = "bank.command.outcome";
    const string LineLabel = "bank.queue.line";
    const string Fault = "internal_error";

    readonly Counter<long> commands;
    readonly Counter<long> replays;
    readonly Histogram<double> waits;
    readonly Histogram<double> durations;
    readonly Histogram<int> groupSizes;
    readonly TimeProvider time;
    long retries;
    long lostConnections;

    public GroupCommitMetrics(
        IMeterFactory meters, CommandQueue queue, InDoubtResolver resolver, TimeProvider time)
    {
        this.time = time;
        var meter = meters.Create("Bank.Ledger");
        commands = meter.CreateCounter<long>(
            "bank.ledger.commands", "{command}", "Commands with a result, by kind and outcome.");
        replays = meter.CreateCounter<long>(
            "bank.ledger.replays", "{command}", "Commands with a known key, which got its stored result.");
        waits = meter.CreateHistogram(
            "bank.ledger.queue.wait", "s", "From a command's arrival to its first query.",
            advice: Buckets(.0001, .0003, .001, .003, .01, .03, .1, .3, 1, 3, 10));
        durations = meter.CreateHistogram(
            "bank.ledger.statement.duration", "s", "How long a query took, with its commit.",
            advice: Buckets(.0003, .001, .003, .01, .03, .1, .3, 1, 3, 10));
        groupSizes = meter.CreateHistogram(
            "bank.ledger.batch.size", "{command}", "How many commands a query posted.",
            advice: Buckets(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000));
        Observe(meter, queue, resolver);
    }

    /// <summary>Records that a group is sent, and returns when.</summary>
    public long RecordSent(PendingCommand[] group)
    {
        var now = time.GetTimestamp();

        if (waits.Enabled)
        {
            foreach (var command in group)
            {
                if (command.TryMarkFirstSent())
                    waits.Record(
                        time.GetElapsedTime(command.Set.ArrivedAt, now).TotalSeconds, Kind(group[0].Query));
            }
        }

        return now;
    }

    /// <summary>Records that the query of a group is done.</summary>
    public void RecordDone(PendingCommand[] group, long sentAt)
    {
        durations.Record(time.GetElapsedTime(sentAt).TotalSeconds, Kind(group[0].Query));
        groupSizes.Record(group.Length, Kind(group[0].Query));
    }

    public void RecordLostConnection() => Interlocked.Increment(ref lostConnections);

    public void RecordRetries(int count) => Interlocked.Add(ref retries, count);

    /// <summary>Records the result of a command and returns it.</summary>
    public PostingResult Record(MoneyCommand command, PostingResult result)
    {
        if (result.ReplayedTraceId is null)
            commands.Add(1, Kind(command.Query), new(OutcomeLabel, result.Outcome));
        else
            replays.Add(1, Kind(command.Query));

        return result;
    }

    /// <summary>Records a command without a result.</summary>
    public void Record(MoneyCommand command, Exception failure)
    {
        var outcome = failure is ProblemException { Problem.Code: var code } ? code : Fault;
        commands.Add(1, Kind(command.Query), new(OutcomeLabel, outcome));
    }

    void Observe(Meter meter, CommandQueue queue, InDoubtResolver resolver)
    {
        meter.CreateObservableCounter(
            "bank.ledger.commands.decided_again", () => Volatile.Read(ref retries), "{command}",
            "Commands that a query could not decide beside the others, and that were requeued.");
        meter.CreateObservableCounter(
            "bank.ledger.statements.lost", () => Volatile.Read(ref lostConnections), "{statement}",
            "Queries whose connection was lost, so that their commands were in doubt.");
        meter.CreateObservableUpDownCounter(
            "bank.ledger.queue.depth", () => Depths(queue), "{command}",
            "Commands that wait: new ones, retries, and those parked for a locked account.");
        meter.CreateObservableCounter(
            "bank.ledger.commands.set_aside", () => queue.Depths.TotalParked, "{command}",
            "Commands that were parked because another session had locked their account.");
        meter.CreateObservableUpDownCounter(
            "bank.ledger.commands.unsettled", () => resolver.InDoubt, "{command}",
            "Commands in doubt: their connection was lost and their outcome is not known yet.");
    }

    static KeyValuePair<string, object?> Kind(IMoneyQuery query) => new(KindLabel, query.Name);

    static Measurement<int>[] Depths(CommandQueue queue)
    {
        var (arrived, retries, parked, _) = queue.Depths;

        return
        [
            new(arrived, [new(LineLabel, "arrived")]),
            new(retries, [new(LineLabel, "again")]),
            new(parked, [new(LineLabel, "aside")]),
        ];
    }

    static InstrumentAdvice<double> Buckets(params double[] bounds) =>
        new() { HistogramBucketBoundaries = bounds };

    static InstrumentAdvice<int> Buckets(params int[] bounds) => new() { HistogramBucketBoundaries = bounds };
}
