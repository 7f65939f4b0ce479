using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.OpenApi;
using FastEndpoints;
using static Bank.Features.Webhooks.WebhookProblems;
using static Bank.Infrastructure.Ledger.LedgerProblems;

namespace Bank.Features.Webhooks;

/// <summary>Create a webhook</summary>
/// <remarks>
/// Each later transaction of the account is sent to the address as a POST request, in the order of the
/// account's sequence: the next one after a 2xx response. The requests are signed as Standard Webhooks 1.0
/// says. The body has the <c>type</c> <c>transaction.posted</c>, the <c>timestamp</c> of the transaction, and
/// <c>data</c>: the transaction as in the list of the account's transactions, with <c>account_id</c>. The
/// response shows the secret once.
/// </remarks>
sealed class CreateWebhookEndpoint(
    CreateWebhookQuery webhooks, WebhookSecrets secrets, WebhookNews news)
    : Endpoint<CreateWebhookRequest, NewWebhookResponse>
{
    /// <summary>The address of the examples.</summary>
    public const string ShownUrl = "https://ledger.example/webhooks";

    public override void Configure()
    {
        Post("/accounts/{id}/webhooks");
        Description(slice => slice.WithName("CreateWebhook")
            .ProducesExample(Status201Created, new NewWebhookResponse(
                1, ShownUrl, WebhookSecrets.Example, Example.History[^1].Sequence!.Value, Example.At(5.6)))
            .ProducesProblems(WebhooksNotEnabled, AccountNotFound, WebhookLimitReached)
            .WithOutcomeHint("GET /accounts/{id}/webhooks lists the webhook if it was made. Nobody has seen "
                + "its secret: ask for another, or delete the webhook."));
        Summary(slice => slice.ExampleRequest = new CreateWebhookRequest(1, ShownUrl));
    }

    public override async Task HandleAsync(CreateWebhookRequest request, CancellationToken ct)
    {
        if (!secrets.AreEnabled)
        {
            await Send.ProblemAsync(WebhooksNotEnabled, ct);
            return;
        }

        var created = await webhooks.CreateAsync(request, User.Id(), ct);

        if (created?.Id is { } id)
        {
            news.Add(request.Id, id);
            await Send.CreatedAsync(
                $"/webhooks/{id}",
                new NewWebhookResponse(
                    id, created.Url, secrets.Of(id, generation: 1), created.Sequence, created.CreatedAt),
                CancellationToken.None);
        }
        else
        {
            await Send.ProblemAsync(created is null ? AccountNotFound : WebhookLimitReached, ct);
        }
    }
}
