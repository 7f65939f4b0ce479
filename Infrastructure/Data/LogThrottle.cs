namespace Bank.Infrastructure.Data;

/// <summary>Passes at most one log line per interval and counts the lines in between.</summary>
sealed class LogThrottle(TimeProvider time, TimeSpan interval)
{
    readonly Lock gate = new();
    DateTimeOffset nextAt = DateTimeOffset.MinValue;
    int suppressed;

    /// <summary>Whether a line may be written now.</summary>
    /// <param name="others">The number of lines that were suppressed since the last one.</param>
    public bool TryPass(out int others)
    {
        lock (gate)
        {
            others = suppressed;

            if (time.GetUtcNow() < nextAt)
            {
                suppressed++;
                return false;
            }

            suppressed = 0;
            nextAt = time.GetUtcNow() + interval;
            return true;
        }
    }
}
