using System.Collections;
using System.Diagnostics;

namespace Bank.Infrastructure.Http;

/// <summary>
/// Adds the trace id, and nothing else, to every log line of a request. The server's own scopes would add the
/// path, which may contain a user name, and would cost every request the time to collect them.
/// </summary>
sealed class TraceIdScopes : IExternalScopeProvider
{
    public void ForEachScope<TState>(Action<object?, TState> callback, TState state)
    {
        if (Activity.Current is { } request)
            callback(new Scope(request.TraceId.ToString()), state);
    }

    public IDisposable Push(object? state) => Nothing.Instance;

    /// <summary>Text in a plain log, and a member in a JSON log.</summary>
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
