using Bank.Tests.Harness;

namespace Bank.Tests.Features.Webhooks;

/// <summary>A bank that sends webhooks to receivers on this machine.</summary>
public sealed class WebhookBank(BankServer server) : IAsyncLifetime
{
    internal IsolatedBank Bank { get; private set; } = null!;

    public async ValueTask InitializeAsync() =>
        Bank = await IsolatedBank.StartAsync(server, WebhookReceiver.Settings);

    public ValueTask DisposeAsync() => Bank.DisposeAsync();

    /// <summary>A new customer with an account that sends to the receiver.</summary>
    internal async Task<(Customer Customer, long Account, long Webhook, string Secret)> OpenAsync(
        WebhookReceiver receiver, decimal balance = 0)
    {
        var customer = await Bank.RegisterAsync();
        var account = await customer.OpenAccountAsync(balance);
        var (webhook, secret) = await customer.CreateWebhookAsync(account, receiver.Url);

        return (customer, account, webhook, secret);
    }

    /// <summary>Lets the time until the next attempt of a webhook pass.</summary>
    internal async Task PassTimeAsync(long webhook)
    {
        await Eventually.TrueAsync(
            async () => await Bank.Database.ExecuteAsync(
                """
                UPDATE webhooks SET next_attempt_at = now()
                WHERE id = $1 AND attempts > 0 AND lease IS NULL AND next_attempt_at > now()
                """,
                webhook) == 1,
            "it waits for the next attempt");
    }
}
