using System.Globalization;
using System.Text;
using Bank.Infrastructure.Ledger;

namespace Bank.Features.Statements;

/// <summary>
/// Draws the balance over a period as the steps of an SVG path, in constant memory: for each column it keeps
/// the lowest, the highest and the last balance, which is all that is visible.
/// </summary>
sealed class StatementChart(StatementResponse statement)
{
    /// <summary>The width in units. A column is half a unit wide: one pixel on a wide screen.</summary>
    public const int Width = 400;

    public const int Height = 100;

    const int ColumnsPerUnit = 2;

    readonly Column?[] columns = new Column?[Width * ColumnsPerUnit];

    /// <summary>The highest balance so far.</summary>
    public decimal Highest { get; private set; } = statement.OpeningBalance;

    /// <summary>Adds the next transaction.</summary>
    public void Add(Transaction item)
    {
        ref var column = ref columns[IndexOf(item.CreatedAt)];
        var (lowest, highest) = column is { } before
            ? (Math.Min(before.Lowest, item.Balance), Math.Max(before.Highest, item.Balance))
            : (item.Balance, item.Balance);
        column = new Column(lowest, highest, item.Balance);
        Highest = Math.Max(Highest, item.Balance);
    }

    /// <summary>The path, from left to right; 0 is at the bottom, the highest balance at the top.</summary>
    public string Path()
    {
        var path = new StringBuilder();
        path.Append(CultureInfo.InvariantCulture, $"M0 {Y(statement.OpeningBalance)}");

        foreach (var (index, column) in columns.Index())
        {
            if (column is not { } drawn)
                continue;

            path.Append(CultureInfo.InvariantCulture, $"H{index / (double)ColumnsPerUnit}");

            if (drawn.Lowest < drawn.Highest)
                path.Append(CultureInfo.InvariantCulture, $"V{Y(drawn.Highest)}V{Y(drawn.Lowest)}");

            path.Append(CultureInfo.InvariantCulture, $"V{Y(drawn.Last)}");
        }

        return path.Append(CultureInfo.InvariantCulture, $"H{Width}").ToString();
    }

    int IndexOf(DateTimeOffset time)
    {
        var (elapsed, total) = (time - statement.Since, statement.Until - statement.Since);
        var index = total > TimeSpan.Zero ? (int)(elapsed / total * columns.Length) : 0;

        return Math.Clamp(index, 0, columns.Length - 1);
    }

    double Y(decimal balance) =>
        Highest == 0 ? Height : Math.Round((double)(1 - balance / Highest) * Height, 2);

    readonly record struct Column(decimal Lowest, decimal Highest, decimal Last);
}
