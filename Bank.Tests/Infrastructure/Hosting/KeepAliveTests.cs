using System.Net.Sockets;
using System.Text;
using Bank.Tests.Harness;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Bank.Tests.Infrastructure.Hosting;

/// <summary>Idle connections outlive the proxies in front.</summary>
public sealed class KeepAliveTests(BankServer server)
{
    [Fact]
    public void Idle_connections_outlive_Googles_load_balancers_by_default() =>
        server.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits.KeepAliveTimeout
            .ShouldBeGreaterThan(TimeSpan.FromSeconds(600));

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Setting_closes_an_idle_connection_after_its_time()
    {
        await using var bank = await IsolatedBank.StartAsync(server, "Serving:KeepAliveTimeout=00:00:01");
        using var client = new TcpClient();
        var address = HttpVersions.Http1Of(bank.Address);
        await client.ConnectAsync(address.Host, address.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes("GET /health HTTP/1.1\r\nHost: bank\r\n\r\n"));

        using var reader = new StreamReader(stream);
        var response = await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(30));

        response.ShouldStartWith("HTTP/1.1 200 ");
    }
}
