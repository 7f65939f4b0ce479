using System.Net;
using Bank.Tests.Harness;

namespace Bank.Tests.Features.LiveHistory;

/// <summary>A proxy that compresses holds back no event of a live history.</summary>
[Trait("Speed", "Slow")]
public sealed class CompressingProxyTests(BankServer bank)
{
    /// <summary>Sooner than the heartbeat, which would push an event through.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData("nginx")]
    [InlineData("haproxy")]
    public async Task Events_arrive_at_once_behind_a_compressing_proxy(string program)
    {
        await using var proxy = await CompressingProxy.StartAsync(program, bank.Address);
        var (customer, accounts) = await bank.RegisterAsync(1m);
        using var handler = new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.All };
        await using var live = await LiveHistoryClient.SubscribeAsync(
            customer.At(proxy.Address, handler), accounts[0], "1");

        for (var sequence = 2; sequence <= 4; sequence++)
        {
            (await customer.DepositAsync(accounts[0], 1m)).EnsureSuccessStatusCode().Dispose();

            (await live.SequencesAsync(1).WaitAsync(Patience)).ShouldBe([sequence]);
        }
    }

    [Fact]
    public async Task Proxy_that_follows_no_transform_compresses_nothing()
    {
        await using var proxy = await CompressingProxy.StartAsync("haproxy", bank.Address);
        var (customer, accounts) = await bank.RegisterAsync(1m);
        var behind = customer.At(proxy.Address);
        behind.Http.DefaultRequestHeaders.AcceptEncoding.ParseAdd("gzip");
        using var account = await behind.Http.GetAsync($"/accounts/{accounts[0]}");
        using var live = await LiveHistoryClient.RequestAsync(behind, accounts[0]);

        account.Content.Headers.ContentEncoding.ShouldBeEmpty();
        live.Content.Headers.ContentEncoding.ShouldBeEmpty();
    }
}
