namespace Bank.Infrastructure.Connections;

/// <summary>
/// Starts work that belongs to no request. It runs outside the caller's trace and log scopes, from its first
/// line on: <see cref="ExecutionContext.SuppressFlow"/> alone would leave them to everything before the first
/// wait.
/// </summary>
static class Background
{
    static readonly ExecutionContext Empty = CaptureEmpty();

    /// <summary>Starts work on this thread; it continues on others after its first wait.</summary>
    public static Task<T> Run<T>(Func<Task<T>> work)
    {
        Task<T>? started = null;
        ExecutionContext.Run(Empty, _ => started = work(), null);
        return started!;
    }

    /// <inheritdoc cref="Run{T}"/>
    public static Task Run(Func<Task> work)
    {
        Task? started = null;
        ExecutionContext.Run(Empty, _ => started = work(), null);
        return started!;
    }

    /// <summary>The context of a thread that inherits nothing.</summary>
    static ExecutionContext CaptureEmpty()
    {
        ExecutionContext? captured = null;
        var thread = new Thread(() => captured = ExecutionContext.Capture());
        thread.UnsafeStart();
        thread.Join();

        return captured!;
    }
}
