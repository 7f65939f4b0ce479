using Bank.Infrastructure.DevelopmentDatabase;
using DotNet.Testcontainers.Builders;
using Microsoft.Extensions.Logging.Abstractions;
using Testcontainers.PostgreSql;

namespace Bank.Tests.Harness;

/// <summary>
/// A PostgreSQL for the tests: a container if a container engine answers, otherwise a server of the local
/// binaries. Both are removed after the run.
/// </summary>
sealed class TestPostgres : IAsyncDisposable
{
    const string Image = "postgres:18-alpine";

    /// <summary>The time limit to pull and start the image.</summary>
    static readonly TimeSpan ContainerPatience = TimeSpan.FromMinutes(3);

    readonly Func<ValueTask> stop;

    TestPostgres(string connectionString, Func<ValueTask> stop)
    {
        ConnectionString = connectionString;
        this.stop = stop;
    }

    public string ConnectionString { get; }

    /// <summary>Starts a PostgreSQL.</summary>
    /// <param name="engine">The address of the container engine; null for the configured one.</param>
    public static async Task<TestPostgres> StartAsync(string? engine = null)
    {
        try
        {
            return await StartContainerAsync(engine);
        }
        catch (DockerUnavailableException)
        {
            return await StartLocalAsync();
        }
        catch (Exception unusable)
        {
            // The engine answers, but cannot pull or start the image.
            TestContext.Current.SendDiagnosticMessage(
                $"The engine has no {Image}, so the tests use the local programs: {unusable.Message}");
            return await StartLocalAsync();
        }
    }

    static async Task<TestPostgres> StartContainerAsync(string? engine)
    {
        var builder = new PostgreSqlBuilder(Image)
            .WithCommand("-c", "max_connections=200")
            .WithLogger(NullLogger.Instance);
        var container = (engine is null ? builder : builder.WithDockerEndpoint(engine)).Build();
        using var patience = new CancellationTokenSource(ContainerPatience);
        await container.StartAsync(patience.Token);

        return new TestPostgres(container.GetConnectionString(), container.DisposeAsync);
    }

    static async Task<TestPostgres> StartLocalAsync()
    {
        var directory = Directory.CreateTempSubdirectory("bank-tests-").FullName;
        var local = await LocalPostgres.StartAsync(Path.Combine(directory, "pg"), "max_connections=200");

        return new TestPostgres(local.ConnectionString, async () =>
        {
            await local.DisposeAsync();
            Directory.Delete(directory, recursive: true);
        });
    }

    public ValueTask DisposeAsync() => stop();
}
