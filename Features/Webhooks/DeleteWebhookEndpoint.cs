using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Http;
using FastEndpoints;
using static Bank.Features.Webhooks.WebhookProblems;

namespace Bank.Features.Webhooks;

/// <summary>Delete a webhook</summary>
/// <remarks>
/// Nothing more is sent to it, except for requests in flight. Another instance may send for a few seconds
/// more.
/// </remarks>
sealed class DeleteWebhookEndpoint(DeleteWebhookQuery webhooks, WebhookSecrets secrets, WebhookNews news)
    : Endpoint<DeleteWebhookRequest>
{
    public override void Configure()
    {
        Delete("/webhooks/{id}");
        Description(slice => slice.WithName("DeleteWebhook")
            .ProducesExample(Status204NoContent).ProducesProblems(WebhooksNotEnabled, WebhookNotFound)
            .WithOutcomeHint("GET /accounts/{id}/webhooks no longer lists the webhook if it was deleted."));
    }

    public override async Task HandleAsync(DeleteWebhookRequest request, CancellationToken ct)
    {
        if (!secrets.AreEnabled)
        {
            await Send.ProblemAsync(WebhooksNotEnabled, ct);
        }
        else if (await webhooks.DeleteAsync(request.Id, User.Id(), ct))
        {
            news.RecordChange(request.Id);
            await Send.NoContentAsync(CancellationToken.None);
        }
        else
        {
            await Send.ProblemAsync(WebhookNotFound, ct);
        }
    }
}
