namespace Bank.Infrastructure.Data;

/// <summary>Passes at most one log line per interval and counts the lines in between.</summary>
sealed class LogThrottle(TimeProvider time, TimeSpan interval)
{
    readonly Lock gate = new();
    long? passedAt;
    int suppressed;

    /// <summary>Whether a line may be written now.</summary>
    /// <param name="others">The number of lines that were suppressed since the last one.</param>
    public bool TryPass(out int others)
    {
        lock (gate)
        {
            others = suppressed;

            if (passedAt is { } at && time.GetElapsedTime(at) < interval)
            {
                suppressed++;
                return false;
            }

            suppressed = 0;
            passedAt = time.GetTimestamp();
            return true;
        }
    }
}
