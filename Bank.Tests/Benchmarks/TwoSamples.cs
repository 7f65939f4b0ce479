namespace Bank.Benchmarks;

/// <summary>Compares two samples without supposing anything of their distributions.</summary>
sealed class TwoSamples(IReadOnlyList<double> first, IReadOnlyList<double> second)
{
    const int Resamples = 2_000;
    const int Seed = 20261122;

    /// <summary>How far the medians are apart.</summary>
    public double Difference => Median.Of(second) - Median.Of(first);

    /// <summary>The medians, a bootstrapped interval of their difference, and the U test.</summary>
    public string Describe(string nameOfFirst, string nameOfSecond)
    {
        var (low, high) = Interval();
        var z = MannWhitneyZ();

        return $"{first.Count} refusals each: {nameOfFirst} takes {Median.Of(first):N3} ms, {nameOfSecond} "
            + $"{Median.Of(second):N3} ms (medians); the difference is {Difference:N3} ms, 95 % of it within "
            + $"{low:N3} and {high:N3} ms; Mann-Whitney U: z = {z:N2}, "
            + $"p {(Math.Abs(z) > 1.96 ? "<" : ">")} 0.05.";
    }

    /// <summary>The U statistic as a standard normal deviate; times hardly ever tie.</summary>
    double MannWhitneyZ()
    {
        var ranked = first.Select(value => (value, IsFirst: true))
            .Concat(second.Select(value => (value, IsFirst: false)))
            .OrderBy(item => item.value).ToList();
        var rankSum = ranked.Select((item, index) => item.IsFirst ? index + 1.0 : 0).Sum();
        double m = first.Count, n = second.Count;
        var u = rankSum - (m * (m + 1) / 2);

        return (u - (m * n / 2)) / Math.Sqrt(m * n * (m + n + 1) / 12);
    }

    (double Low, double High) Interval()
    {
        var random = new Random(Seed);
        var differences = Enumerable.Range(0, Resamples)
            .Select(_ => Median.Of(Resample(second, random)) - Median.Of(Resample(first, random)))
            .Order().ToList();

        return (differences[Resamples / 40], differences[Resamples - (Resamples / 40)]);
    }

    static double[] Resample(IReadOnlyList<double> values, Random random) =>
        [.. values.Select(_ => values[random.Next(values.Count)])];
}
