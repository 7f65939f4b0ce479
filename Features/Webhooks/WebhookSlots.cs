namespace Bank.Features.Webhooks;

/// <summary>
/// Bounds the requests in flight. Half of them are for prompt receivers, and half for receivers that failed
/// or were slow the last time. A request that turns out to be slow moves there while there is room. So slow
/// and dead receivers wait for each other, and prompt ones do not wait for them.
/// </summary>
sealed class WebhookSlots(WebhookOptions options, TimeProvider time) : IDisposable
{
    /// <summary>A request that takes longer is slow.</summary>
    static readonly TimeSpan Prompt = TimeSpan.FromSeconds(1);

    readonly SemaphoreSlim prompt = new(options.MaxRequests / 2);
    readonly SemaphoreSlim slow = new(options.MaxRequests - options.MaxRequests / 2);

    /// <summary>Runs a request once there is room for it.</summary>
    /// <param name="isSlow">Whether the receiver failed or was slow the last time.</param>
    /// <param name="request">Starts the request.</param>
    /// <param name="ct">Ends the wait for room.</param>
    /// <returns>The result, and whether the request was slow.</returns>
    public async Task<(T Result, bool IsSlow)> RunAsync<T>(
        bool isSlow, Func<Task<T>> request, CancellationToken ct)
    {
        var lane = isSlow ? slow : prompt;
        await lane.WaitAsync(ct);

        try
        {
            var running = request();

            if (await IsPromptAsync(running))
                return (await running, false);

            if (!isSlow && slow.Wait(0, CancellationToken.None))
            {
                lane.Release();
                lane = slow;
            }

            return (await running, true);
        }
        finally
        {
            lane.Release();
        }
    }

    public void Dispose()
    {
        prompt.Dispose();
        slow.Dispose();
    }

    async Task<bool> IsPromptAsync(Task running)
    {
        try
        {
            await running.WaitAsync(Prompt, time);
            return true;
        }
        catch (TimeoutException)
        {
            return running.IsCompleted;
        }
        catch
        {
            return true;
        }
    }
}
