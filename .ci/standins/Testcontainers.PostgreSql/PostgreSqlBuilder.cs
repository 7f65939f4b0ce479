using DotNet.Testcontainers.Builders;

namespace Testcontainers.PostgreSql
{
    /// <summary>There is no image to be had where the package is not, so building a container always fails.</summary>
    public sealed class PostgreSqlBuilder(string image)
    {
        public PostgreSqlBuilder WithCommand(params string[] command) => this;

        public PostgreSqlContainer Build() => throw new DockerUnavailableException(
            $"{image} cannot be started: the stand-in for Testcontainers.PostgreSql runs no containers.");
    }

    public sealed class PostgreSqlContainer : IAsyncDisposable
    {
        private PostgreSqlContainer()
        {
        }

        public Task StartAsync(CancellationToken ct = default) => throw new NotSupportedException();

        public Task StopAsync(CancellationToken ct = default) => throw new NotSupportedException();

        public string GetConnectionString() => throw new NotSupportedException();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

namespace DotNet.Testcontainers.Builders
{
    public sealed class DockerUnavailableException(string message) : Exception(message);
}
