using System.IO.Pipelines;

namespace Bank.Infrastructure.Hosting;

/// <summary>
/// Ends what writes if a write waits too long for the client to read. Kestrel's own limit is a rate over all
/// that was written, and what fits into the buffers is written fast: after a megabyte it lets a client read
/// nothing for an hour.
/// </summary>
/// <param name="output">Where it writes.</param>
/// <param name="timeout">How long a write may wait.</param>
/// <param name="abort">Ends the connection or the stream, and thereby the write.</param>
sealed class TimedWriter(PipeWriter output, TimeSpan timeout, Action abort) : PipeWriter
{
    public override bool CanGetUnflushedBytes => output.CanGetUnflushedBytes;

    public override long UnflushedBytes => output.UnflushedBytes;

    public override void Advance(int bytes) => output.Advance(bytes);

    public override Memory<byte> GetMemory(int sizeHint = 0) => output.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => output.GetSpan(sizeHint);

    public override void CancelPendingFlush() => output.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => output.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => output.CompleteAsync(exception);

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        var flush = output.FlushAsync(cancellationToken);

        return flush.IsCompleted ? flush : new(WaitAsync(flush.AsTask()));
    }

    async Task<FlushResult> WaitAsync(Task<FlushResult> flush)
    {
        try
        {
            return await flush.WaitAsync(timeout);
        }
        catch (TimeoutException)
        {
            abort();
            return await flush;
        }
    }
}
