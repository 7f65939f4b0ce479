using System.Collections.Concurrent;
using Bank.Infrastructure.Connections;
using Bank.Infrastructure.Data;
using Bank.Migrations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Bank.Tests.Harness;

/// <summary>The start of the API up to where it would serve, with its log.</summary>
sealed class Startup : IAsyncDisposable, ILoggerProvider, ILogger
{
    readonly ConcurrentQueue<string> lines = [];
    readonly ServiceProvider services;

    /// <param name="api">How the API connects.</param>
    /// <param name="owner">How the owner of the tables connects; null if there is none.</param>
    /// <param name="options">The settings.</param>
    public Startup(string api, string? owner, DatabaseOptions? options = null) =>
        services = new ServiceCollection()
            .AddLogging(logging => logging.AddProvider(this).AddFilter("FluentMigrator", LogLevel.None))
            .AddSingleton(options ?? new DatabaseOptions())
            .AddDatabase(api, owner, Grants.CreateStatements)
            .BuildServiceProvider();

    /// <summary>The start on an isolated database, as its owner and the API's role.</summary>
    public Startup(IsolatedDatabase own, DatabaseOptions? options = null)
        : this(ApiConnection.Of(own.ConnectionString), own.ConnectionString, options)
    {
    }

    /// <summary>The lines of the log so far.</summary>
    public string LogText => string.Join('\n', lines);

    /// <summary>The API's connections.</summary>
    public NpgsqlDataSource Database => services.GetRequiredService<ConnectionPools>().General;

    public IServiceProvider Services => services;

    /// <summary>Runs it, on a thread of its own.</summary>
    public Task PrepareAsync() => Task.Run(() =>
        services.GetRequiredService<DatabaseMigrator>().PrepareAsync(CancellationToken.None));

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter) => lines.Enqueue(formatter(state, exception));

    public void Dispose()
    {
    }

    public ValueTask DisposeAsync() => services.DisposeAsync();
}
