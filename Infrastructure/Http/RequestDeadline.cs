namespace Bank.Infrastructure.Http;

/// <summary>
/// The time within which a request is answered, whatever it waits for. What it waits for is then given up, as if
/// the client had gone. It ends when the answer begins: who reads slowly is not cut off by it.
/// </summary>
sealed class RequestDeadline : IDisposable
{
    /// <summary>After its time a movement of money is answered with what is known of it.</summary>
    static readonly TimeSpan AfterMoney = TimeSpan.FromMilliseconds(500);

    readonly long startedAt = Environment.TickCount64;
    readonly HttpContext context;
    readonly CancellationToken gone;
    readonly CancellationTokenSource source;
    bool isDisposed;

    /// <param name="context">That of the request, whose token is replaced until disposal.</param>
    /// <param name="time">How long a movement of money may take.</param>
    public RequestDeadline(HttpContext context, TimeSpan time)
    {
        this.context = context;
        gone = context.RequestAborted;
        source = CancellationTokenSource.CreateLinkedTokenSource(gone);
        source.CancelAfter(time + AfterMoney);
        context.RequestAborted = source.Token;
        context.Features.Set(this);
        context.Response.OnStarting(
            static deadline =>
            {
                ((RequestDeadline)deadline).Lift();
                return Task.CompletedTask;
            },
            this);
    }

    /// <summary>Whether nobody is there any more to be answered.</summary>
    public bool IsClientGone => gone.IsCancellationRequested;

    /// <summary>Whether the time is over.</summary>
    public bool IsOver => source.IsCancellationRequested && !IsClientGone;

    /// <summary>Lets the request take as long as it takes, and answers how long it has taken.</summary>
    public TimeSpan Lift()
    {
        if (!isDisposed)
            source.CancelAfter(Timeout.InfiniteTimeSpan);

        return TimeSpan.FromMilliseconds(Environment.TickCount64 - startedAt);
    }

    public void Dispose()
    {
        if (isDisposed)
            return;

        isDisposed = true;
        context.RequestAborted = gone;
        source.Dispose();
    }
}
