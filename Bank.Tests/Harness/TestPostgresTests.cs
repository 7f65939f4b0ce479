using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Bank.Tests.Harness;

[Trait("Speed", "Slow")]
public sealed class TestPostgresTests
{
    [Fact]
    public async Task Tests_use_local_PostgreSQL_if_no_container_starts()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        await using var engine = builder.Build();
        var asked = new List<string>();
        engine.Run(async context =>
        {
            lock (asked)
                asked.Add($"{context.Request.Method} {context.Request.Path}");

            if (context.Request.Path.Value!.EndsWith("/_ping", StringComparison.Ordinal))
                await context.Response.WriteAsync("OK");
            else if (context.Request.Path.Value.EndsWith("/version", StringComparison.Ordinal))
                await context.Response.WriteAsJsonAsync(
                    new { Version = "28.0.0", ApiVersion = "1.48", MinAPIVersion = "1.24", Os = "linux" });
            else
                context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        });
        await engine.StartAsync();

        await using var postgres = await TestPostgres.StartAsync(
            engine.Urls.Single().Replace("http:", "tcp:"));

        asked.ShouldNotBeEmpty();
        await using var database = NpgsqlDataSource.Create(postgres.ConnectionString);
        (await database.ScalarAsync<int>("SELECT 1")).ShouldBe(1);
    }
}
