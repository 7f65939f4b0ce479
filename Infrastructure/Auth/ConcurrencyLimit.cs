namespace Bank.Infrastructure.Auth;

/// <summary>
/// Limits how much runs at a time for each key. It stores the keys of what runs, and no others.
/// </summary>
/// <param name="max">The limit of a key; 0 means unlimited.</param>
sealed class ConcurrencyLimit(int max)
{
    readonly Dictionary<string, int> running = new(StringComparer.Ordinal);

    /// <summary>The number of keys with something that runs.</summary>
    public int Count => running.Count;

    public bool TryAcquire(string key)
    {
        if (max == 0)
            return true;

        lock (running)
        {
            var count = running.GetValueOrDefault(key);

            if (count < max)
                running[key] = count + 1;

            return count < max;
        }
    }

    /// <summary>Ends what was acquired.</summary>
    public void Release(string key)
    {
        if (max == 0)
            return;

        lock (running)
        {
            if (--running[key] == 0)
                running.Remove(key);
        }
    }
}
