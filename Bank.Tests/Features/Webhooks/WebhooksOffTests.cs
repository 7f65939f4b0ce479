using System.Net;
using System.Net.Http.Json;
using Bank.Tests.Harness;

namespace Bank.Tests.Features.Webhooks;

/// <summary>A bank whose operator has not enabled webhooks.</summary>
[Trait("Speed", "Slow")]
public sealed class WebhooksOffTests(BankServer server)
{
    [Fact]
    public async Task Every_endpoint_says_that_webhooks_are_not_enabled()
    {
        await using var bank = await IsolatedBank.StartAsync(server, "Passwords:WorkFactor=4");
        var customer = await bank.RegisterAsync();
        var account = await customer.OpenAccountAsync(1m);

        HttpResponseMessage[] responses =
        [
            await customer.Http.PostAsJsonAsync(
                $"/accounts/{account}/webhooks", new { url = "https://ledger.example/" }),
            await customer.Http.GetAsync($"/accounts/{account}/webhooks"),
            await customer.Http.PostAsync("/webhooks/1/secret", null),
            await customer.ReplayAsync(1, 0),
            await customer.Http.DeleteAsync("/webhooks/1"),
        ];

        foreach (var response in responses)
            await response.ShouldBeProblemAsync(HttpStatusCode.NotFound, "webhooks_not_enabled");
    }
}
