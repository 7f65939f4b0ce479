using System.Collections;
using System.Diagnostics;

namespace Bank.Infrastructure.Http;

/// <summary>
/// Gives every line that a request logs its trace id, and nothing else: the server's own scopes would add the
/// address as it was written, in which there may be a name, and cost every request what they gather.
/// </summary>
sealed class TraceIdScopes : IExternalScopeProvider
{
    public void ForEachScope<TState>(Action<object?, TState> callback, TState state)
    {
        if (Activity.Current is { } request)
            callback(new Scope(request.TraceId.ToString()), state);
    }

    public IDisposable Push(object? state) => Nothing.Instance;

    /// <summary>A text in a plain log, and a member of a JSON one.</summary>
    sealed class Scope(string traceId) : IEnumerable<KeyValuePair<string, object?>>
    {
        public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
        {
            yield return new("TraceId", traceId);
        }

        public override string ToString() => $"TraceId:{traceId}";

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }

    sealed class Nothing : IDisposable
    {
        public static Nothing Instance { get; } = new();

        public void Dispose()
        {
        }
    }
}
