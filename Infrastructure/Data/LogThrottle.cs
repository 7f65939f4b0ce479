namespace Bank.Infrastructure.Data;

/// <summary>Passes at most so many log lines per interval, by default one, and counts the others.</summary>
sealed class LogThrottle(TimeProvider time, TimeSpan interval, int lines = 1)
{
    readonly Lock gate = new();
    long? beganAt;
    int passed;
    int suppressed;

    /// <summary>Whether a line may be written now.</summary>
    /// <param name="others">The number of lines that were suppressed since the last one.</param>
    public bool TryPass(out int others)
    {
        lock (gate)
        {
            others = suppressed;

            if (beganAt is not { } began || time.GetElapsedTime(began) >= interval)
                (beganAt, passed) = (time.GetTimestamp(), 0);

            if (passed == lines)
            {
                suppressed++;
                return false;
            }

            passed++;
            suppressed = 0;
            return true;
        }
    }
}
