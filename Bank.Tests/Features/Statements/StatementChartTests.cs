using Bank.Features.Statements;
using Bank.Infrastructure.Ledger;

namespace Bank.Tests.Features.Statements;

public sealed class StatementChartTests
{
    static readonly DateTimeOffset Since = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_chart_steps_from_the_opening_balance_to_the_end()
    {
        var plot = new StatementChart(Statement(opening: 50m));

        plot.Add(Item(0.25, 100m));
        plot.Add(Item(0.75, 0m));

        plot.Highest.ShouldBe(100m);
        plot.Path().ShouldBe("M0 50H100V0H300V100H400");
    }

    [Fact]
    public void A_chart_column_shows_its_lowest_highest_and_last_balance()
    {
        var plot = new StatementChart(Statement(opening: 100m));

        foreach (var balance in new[] { 40m, 400m, 0m, 200m })
            plot.Add(Item(0.5, balance));

        plot.Path().ShouldBe("M0 75H200V0V100V50H400");
    }

    [Fact]
    public void The_chart_path_is_bounded_by_its_number_of_columns()
    {
        var plot = new StatementChart(Statement(opening: 0m));
        const int Count = 200_000;

        for (var index = 0; index < Count; index++)
            plot.Add(Item(index / (double)Count, index == Count / 2 ? 1_000_000m : index % 1000));

        plot.Highest.ShouldBe(1_000_000m);
        plot.Path().ShouldContain("H200V0V");
        plot.Path().Length.ShouldBeLessThan(2 * StatementChart.Width * "H399.5V99.99V99.99V99.99".Length);
    }

    [Fact]
    public void Points_at_the_edges_or_in_an_empty_period_stay_in_the_chart()
    {
        var plot = new StatementChart(Statement(opening: 0m));
        var moment = new StatementChart(Statement(opening: 5m) with { Until = Since });

        plot.Add(Item(-1, 1m));
        plot.Add(Item(1, 2m));
        moment.Add(Item(0, 10m));

        plot.Path().ShouldBe("M0 100H0V50H399.5V0H400");
        moment.Path().ShouldBe("M0 50H0V0H400");
    }

    static StatementResponse Statement(decimal opening) => new(
        1, null, Since, Since.AddDays(1), opening, opening, 0, 0, AsyncEnumerable.Empty<Transaction>());

    static Transaction Item(double part, decimal balance) => new(
        1, Guid.Empty, null, 1, 1, null, balance, Since + TimeSpan.FromDays(1) * part, null);
}
