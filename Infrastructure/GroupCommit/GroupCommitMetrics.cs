using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Bank.Infrastructure.Ledger;
using Bank.Infrastructure.Problems;

namespace Bank.Infrastructure.GroupCommit;

/// <summary>
/// What the ledger measures of itself, as the meter <c>Bank.Ledger</c>. Times are in seconds. No label names a
/// customer or an account. Without a listener a measurement costs a comparison; none allocates.
/// </summary>
sealed class GroupCommitMetrics
{
    const string KindLabel = "bank.command.kind";
    const string OutcomeLabel = "bank.command.outcome";
    const string LineLabel = "bank.queue.line";
    const string Fault = "internal_error";

    readonly ConcurrentDictionary<Type, string> kinds = new();
    readonly Meter meter;
    readonly Counter<long> commands;
    readonly Counter<long> replays;
    readonly Histogram<double> waits;
    readonly Histogram<double> statements;
    readonly Histogram<int> batches;
    long decidedAgain;
    long lostStatements;

    public GroupCommitMetrics(IMeterFactory meters)
    {
        meter = meters.Create("Bank.Ledger");
        commands = meter.CreateCounter<long>(
            "bank.ledger.commands", "{command}", "Commands that were answered, by kind and outcome.");
        replays = meter.CreateCounter<long>(
            "bank.ledger.replays", "{command}", "Commands whose key was known and that got the first answer again.");
        waits = meter.CreateHistogram(
            "bank.ledger.queue.wait", "s", "From a command's arrival to its first statement.",
            advice: Buckets(.0001, .0003, .001, .003, .01, .03, .1, .3, 1, 3, 10));
        statements = meter.CreateHistogram(
            "bank.ledger.statement.duration", "s", "How long a statement took, with its commit.",
            advice: Buckets(.0003, .001, .003, .01, .03, .1, .3, 1, 3, 10));
        batches = meter.CreateHistogram(
            "bank.ledger.batch.size", "{command}", "How many commands went out in a statement.",
            advice: Buckets(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000));
        meter.CreateObservableCounter(
            "bank.ledger.commands.decided_again", () => Volatile.Read(ref decidedAgain), "{command}",
            "Commands that a statement could not decide beside the others, and the next one was to.");
        meter.CreateObservableCounter(
            "bank.ledger.statements.lost", () => Volatile.Read(ref lostStatements), "{statement}",
            "Queries whose connection was lost, so that it had to be found out which commands committed.");
    }

    /// <summary>Lets the meter look at what waits and at what is being recovered.</summary>
    public void Watch(CommandQueue queue, InDoubtResolver recovery)
    {
        meter.CreateObservableUpDownCounter(
            "bank.ledger.queue.depth", () => Depths(queue), "{command}",
            "Commands that wait: that arrived, that are to be decided again, and those set aside.");
        meter.CreateObservableCounter(
            "bank.ledger.commands.set_aside", () => queue.Lengths.EverSetAside, "{command}",
            "Commands that waited for an account that somebody else had locked.");
        meter.CreateObservableUpDownCounter(
            "bank.ledger.commands.unsettled", () => recovery.Unsettled, "{command}",
            "Commands whose connection was lost and whose outcome is not known yet.");
    }

    /// <summary>Takes note that commands go out in a statement, and of the time.</summary>
    public long NoteSent(PendingCommand[] batch)
    {
        var now = Stopwatch.GetTimestamp();

        if (waits.Enabled)
        {
            foreach (var pending in batch)
            {
                if (pending.TryNoteFirstSent())
                    waits.Record(Stopwatch.GetElapsedTime(pending.Set.ArrivedAt, now).TotalSeconds, Kind(batch[0].Kind));
            }
        }

        return now;
    }

    /// <summary>Takes note that a statement is done.</summary>
    public void NoteDone(PendingCommand[] batch, long sentAt)
    {
        statements.Record(Stopwatch.GetElapsedTime(sentAt).TotalSeconds, Kind(batch[0].Kind));
        batches.Record(batch.Length, Kind(batch[0].Kind));
    }

    public void NoteLost() => Interlocked.Increment(ref lostStatements);

    public void NoteDecidedAgain(int count) => Interlocked.Add(ref decidedAgain, count);

    /// <summary>Takes note of an answer, which it hands through.</summary>
    public PostingResult Note(MoneyCommand command, PostingResult answer)
    {
        if (answer.ReplayedTraceId is null)
            commands.Add(1, Kind(command.GetType()), new(OutcomeLabel, answer.Outcome));
        else
            replays.Add(1, Kind(command.GetType()));

        return answer;
    }

    /// <summary>Takes note of what a command was told instead of an answer, which it hands through.</summary>
    public TException Note<TException>(MoneyCommand command, TException told)
        where TException : Exception
    {
        var outcome = told is ProblemException { Problem.Code: var code } ? code : Fault;
        commands.Add(1, Kind(command.GetType()), new(OutcomeLabel, outcome));
        return told;
    }

    KeyValuePair<string, object?> Kind(Type command) => new(KindLabel, kinds.GetOrAdd(
        command, type => type.Name.Replace("Command", "", StringComparison.Ordinal).ToLowerInvariant()));

    static Measurement<int>[] Depths(CommandQueue queue)
    {
        var (arrived, again, aside, _) = queue.Lengths;

        return
        [
            new(arrived, [new(LineLabel, "arrived")]),
            new(again, [new(LineLabel, "again")]),
            new(aside, [new(LineLabel, "aside")]),
        ];
    }

    static InstrumentAdvice<double> Buckets(params double[] bounds) =>
        new() { HistogramBucketBoundaries = bounds };

    static InstrumentAdvice<int> Buckets(params int[] bounds) => new() { HistogramBucketBoundaries = bounds };
}
