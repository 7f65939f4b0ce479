using Bank.Infrastructure.Hosting;
using DotNet.Testcontainers.Builders;
using Testcontainers.PostgreSql;

namespace Bank.Tests.Harness;

/// <summary>
/// A PostgreSQL for tests: a container where a container engine answers, else a server started from the local
/// binaries. Either is gone after the run.
/// </summary>
sealed class TestPostgres : IAsyncDisposable
{
    readonly Func<ValueTask> stop;

    TestPostgres(string connectionString, Func<ValueTask> stop)
    {
        ConnectionString = connectionString;
        this.stop = stop;
    }

    public string ConnectionString { get; }

    public static async Task<TestPostgres> StartAsync()
    {
        try
        {
            var container = new PostgreSqlBuilder("postgres:18-alpine").Build();
            await container.StartAsync();
            return new TestPostgres(container.GetConnectionString(), container.DisposeAsync);
        }
        catch (DockerUnavailableException)
        {
            var directory = Directory.CreateTempSubdirectory("bank-tests-").FullName;
            var local = await LocalPostgres.StartAsync(Path.Combine(directory, "pg"), "max_connections=200");
            return new TestPostgres(local.ConnectionString, async () =>
            {
                await local.DisposeAsync();
                Directory.Delete(directory, recursive: true);
            });
        }
    }

    public ValueTask DisposeAsync() => stop();
}
