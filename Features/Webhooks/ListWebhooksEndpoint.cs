using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.OpenApi;
using FastEndpoints;
using static Bank.Features.Webhooks.WebhookProblems;
using static Bank.Infrastructure.Ledger.LedgerProblems;

namespace Bank.Features.Webhooks;

/// <summary>List webhooks</summary>
/// <remarks>
/// The webhooks of one of the caller's accounts, newest first, with how far each is. Under load
/// <c>sequence</c> may be some seconds old.
/// </remarks>
sealed class ListWebhooksEndpoint(ListWebhooksQuery webhooks, WebhookSecrets secrets)
    : Endpoint<ListWebhooksRequest, WebhookResponse[]>
{
    public override void Configure()
    {
        Get("/accounts/{id}/webhooks");
        Description(slice => slice.WithName("ListWebhooks")
            .ProducesExample<WebhookResponse[]>(
                Status200OK,
                [new WebhookResponse(
                    1, CreateWebhookEndpoint.ShownUrl, Example.History[^1].Sequence!.Value,
                    Example.At(5.6))])
            .ProducesProblems(WebhooksNotEnabled, AccountNotFound));
    }

    public override async Task HandleAsync(ListWebhooksRequest request, CancellationToken ct)
    {
        if (!secrets.AreEnabled)
            await Send.ProblemAsync(WebhooksNotEnabled, ct);
        else if (await webhooks.ListAsync(request.Id, User.Id(), ct) is { } found)
            await Send.OkAsync(found, ct);
        else
            await Send.ProblemAsync(AccountNotFound, ct);
    }
}
