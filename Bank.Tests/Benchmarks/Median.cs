namespace Bank.Benchmarks;

/// <summary>The middle of what was measured, the upper one of two.</summary>
static class Median
{
    public static double Of(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }
}
