using System.Diagnostics.Metrics;

namespace Bank.Infrastructure.Auth;

/// <summary>
/// The meter <c>Bank.Auth</c>. Times are in seconds. No label names a user or an address. Without a listener
/// a measurement costs a comparison; none allocates.
/// </summary>
sealed class AuthMetrics
{
    readonly Counter<long> signIns;
    readonly Histogram<double> waits;
    readonly Histogram<double> runs;

    public AuthMetrics(IMeterFactory meters, BcryptThreads threads, CredentialCache cache)
    {
        var meter = meters.Create("Bank.Auth");
        var buckets = new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [.001, .003, .01, .03, .1, .2, .3, .5, 1, 2, 5, 10],
        };
        signIns = meter.CreateCounter<long>(
            "bank.auth.sign_ins", "{sign_in}", "Requests with credentials, by outcome.");
        waits = meter.CreateHistogram(
            "bank.auth.bcrypt.wait", "s", "The time a password waited for bcrypt.", advice: buckets);
        runs = meter.CreateHistogram(
            "bank.auth.bcrypt.duration", "s", "The time bcrypt took.", advice: buckets);
        meter.CreateObservableUpDownCounter(
            "bank.auth.bcrypt.queue", () => threads.Waiting, "{password}", "Passwords waiting for bcrypt.");
        meter.CreateObservableUpDownCounter(
            "bank.auth.users.remembered", () => cache.Count, "{user}", "The users in the credential cache.");
    }

    /// <param name="outcome">"accepted", "refused" or the code of the problem that ended it.</param>
    public void RecordSignIn(string outcome) =>
        signIns.Add(1, new KeyValuePair<string, object?>("bank.sign_in.outcome", outcome));

    public void RecordBcrypt(TimeSpan waited, TimeSpan ran)
    {
        waits.Record(waited.TotalSeconds);
        runs.Record(ran.TotalSeconds);
    }
}
