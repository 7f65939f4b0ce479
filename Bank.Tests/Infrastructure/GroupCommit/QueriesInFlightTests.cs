using Bank.Infrastructure.GroupCommit;
using Bank.Tests.Harness;

namespace Bank.Tests.Infrastructure.GroupCommit;

public sealed class QueriesInFlightTests
{
    static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    readonly SteppedTime time = new();

    [Fact]
    public void Slower_tries_are_undone()
    {
        var queries = Create();

        var share = Run(queries, 5 * Minute, allowed => 1000 / allowed);

        queries.Allowed.ShouldBe(1);
        share.ShouldBeGreaterThan(0.97, "tries are rare");
    }

    [Fact]
    public void More_queries_are_kept_where_they_are_faster()
    {
        var queries = Create();

        Run(queries, TimeSpan.FromSeconds(10), allowed => 1000 * allowed);

        queries.Allowed.ShouldBe(4);
    }

    [Fact]
    public void Single_query_comes_back_once_it_is_faster()
    {
        var queries = Create();
        Run(queries, TimeSpan.FromSeconds(10), allowed => 1000 * allowed);

        Run(queries, 2 * Minute, allowed => 20_000 - (1000 * allowed));

        queries.Allowed.ShouldBe(1);
    }

    [Fact]
    public void Rate_that_falls_to_half_is_answered_at_once()
    {
        var queries = Create();
        Run(queries, 10 * Minute, allowed => 20_000 / allowed);

        Run(queries, TimeSpan.FromSeconds(10), allowed => 3000 * allowed);

        queries.Allowed.ShouldBe(4);
    }

    [Fact]
    public void Load_that_grows_by_itself_is_no_gain()
    {
        var queries = Create();
        var load = 10d;

        Run(queries, Minute, _ => (int)(load *= 1.001));

        queries.Allowed.ShouldBe(1);
    }

    [Fact]
    public void Idle_ledger_learns_nothing()
    {
        var queries = Create();

        for (var count = 0; count < 1000; count++)
        {
            Run(queries, QueriesInFlight.Window / 2, allowed => 1000 * allowed);
            queries.RecordIdle();
        }

        queries.Allowed.ShouldBe(1);
    }

    [Theory]
    [InlineData(3, 3)]
    [InlineData(3, 1)]
    public void Equal_bounds_fix_the_number(int min, int max)
    {
        var queries = new QueriesInFlight(
            new GroupCommitOptions { MinQueriesInFlight = min, MaxQueriesInFlight = max }, time);

        Run(queries, Minute, allowed => 1000 / allowed).ShouldBe(1);

        queries.Allowed.ShouldBe(3);
    }

    QueriesInFlight Create() => new(new GroupCommitOptions { MaxQueriesInFlight = 4 }, time);

    /// <summary>
    /// Sends a query every ten milliseconds for some time, and returns the share of them that were sent with
    /// the same number in flight as at the end.
    /// </summary>
    /// <param name="queries">What is driven.</param>
    /// <param name="length">For how long.</param>
    /// <param name="rate">The transactions of a query, by the number of queries in flight.</param>
    double Run(QueriesInFlight queries, TimeSpan length, Func<int, int> rate)
    {
        var seen = new List<int>();

        for (var passed = TimeSpan.Zero; passed < length; passed += TimeSpan.FromMilliseconds(10))
        {
            time.Advance(TimeSpan.FromMilliseconds(10));
            queries.RecordSent(rate(queries.Allowed));
            seen.Add(queries.Allowed);
        }

        return seen.Count(allowed => allowed == queries.Allowed) / (double)seen.Count;
    }
}
