using System.Diagnostics.Metrics;

namespace Bank.Infrastructure.Auth;

/// <summary>
/// What signing in measures of itself, as the meter <c>Bank.Auth</c>. Times are in seconds. No label names a
/// user or an address. Without a listener a measurement costs a comparison; none allocates.
/// </summary>
sealed class AuthMetrics
{
    readonly Counter<long> signIns;

    public AuthMetrics(IMeterFactory meters, BcryptThreads threads, CredentialCache memory)
    {
        var meter = meters.Create("Bank.Auth");
        var buckets = new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [.001, .003, .01, .03, .1, .2, .3, .5, 1, 2, 5, 10],
        };
        signIns = meter.CreateCounter<long>(
            "bank.auth.sign_ins", "{sign_in}", "Requests that brought a name and a password, by what came of it.");
        var waits = meter.CreateHistogram(
            "bank.auth.bcrypt.wait", "s", "How long a password waited for bcrypt.", advice: buckets);
        var runs = meter.CreateHistogram(
            "bank.auth.bcrypt.duration", "s", "How long bcrypt took.", advice: buckets);
        meter.CreateObservableUpDownCounter(
            "bank.auth.bcrypt.queue", () => threads.Waiting, "{password}", "Passwords that wait for bcrypt.");
        meter.CreateObservableUpDownCounter(
            "bank.auth.users.remembered", () => memory.Count, "{user}", "How many are known without bcrypt.");
        threads.Measured = (waited, ran) =>
        {
            waits.Record(waited.TotalSeconds);
            runs.Record(ran.TotalSeconds);
        };
    }

    /// <param name="outcome">"accepted", "refused", or the code of the problem that ended it.</param>
    public void NoteSignIn(string outcome) =>
        signIns.Add(1, new KeyValuePair<string, object?>("bank.sign_in.outcome", outcome));
}
