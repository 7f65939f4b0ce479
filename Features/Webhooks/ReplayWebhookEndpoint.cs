using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.OpenApi;
using Bank.Infrastructure.Problems;
using FastEndpoints;
using static Bank.Features.Webhooks.WebhookProblems;

namespace Bank.Features.Webhooks;

/// <summary>Replay a webhook</summary>
/// <remarks>
/// Delivery begins again after any transaction of the account, however old, and continues with all later
/// ones. A replayed transaction has the same <c>webhook-id</c> as before. A webhook that was disabled is
/// enabled, and a failure is forgotten. With the sequence of the account's last transaction, it skips what it
/// has not delivered.
/// </remarks>
sealed class ReplayWebhookEndpoint(ReplayWebhookQuery webhooks, WebhookSecrets secrets, WebhookNews news)
    : Endpoint<ReplayWebhookRequest, WebhookResponse>
{
    static readonly WebhookResponse Shown = new(1, CreateWebhookEndpoint.ShownUrl, 0, Example.At(5.6));

    public override void Configure()
    {
        Post("/webhooks/{id}/replay");
        Description(slice => slice.WithName("ReplayWebhook")
            .ProducesExample(Status202Accepted, Shown)
            .ProducesProblems(WebhooksNotEnabled, WebhookNotFound)
            .WithOutcomeHint("It is safe to send the request again."));
        Summary(slice => slice.ExampleRequest = new ReplayWebhookRequest(1, 0));
    }

    public override async Task HandleAsync(ReplayWebhookRequest request, CancellationToken ct)
    {
        if (!secrets.AreEnabled)
        {
            await Send.ProblemAsync(WebhooksNotEnabled, ct);
            return;
        }

        var last = await webhooks.FindLastAsync(request.Id, User.Id(), ct);

        if (request.After > last)
            throw new ProblemException(
                Problem.ValidationFailed, new FieldError("after", "is past the account's last transaction"));

        var replayed = last is null ? null : await webhooks.ReplayAsync(request, ct);
        news.RecordChange(request.Id);

        await (replayed is null
            ? Send.ProblemAsync(WebhookNotFound, ct)
            : Send.ResponseAsync(replayed, Status202Accepted, CancellationToken.None));
    }
}
