using Microsoft.Extensions.Logging;

namespace Bank.Tests.Infrastructure.Connections;

/// <summary>The lines that are logged.</summary>
sealed class RecordedLog<T> : ILogger<T>
{
    readonly List<string> lines = [];

    /// <summary>The lines so far.</summary>
    public string[] Lines
    {
        get
        {
            lock (lines)
                return [.. lines];
        }
    }

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        lock (lines)
            lines.Add($"{logLevel}: {formatter(state, exception)}");
    }
}
