using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.OpenApi;
using FastEndpoints;
using static Bank.Features.Webhooks.WebhookProblems;

namespace Bank.Features.Webhooks;

/// <summary>Rotate the secret of a webhook</summary>
/// <remarks>
/// Returns a new secret. For 24 hours each request has two signatures: one by the new secret and one by the
/// previous one. Any secret before that is in effect no longer.
/// </remarks>
sealed class RotateSecretEndpoint(RotateSecretQuery webhooks, WebhookSecrets secrets, WebhookNews news)
    : Endpoint<RotateSecretRequest, NewSecretResponse>
{
    public override void Configure()
    {
        Post("/webhooks/{id}/secret");
        Description(slice => slice.WithName("RotateSecret")
            .ProducesExample(Status200OK, new NewSecretResponse(
                1, WebhookSecrets.NextExample, Example.At(5.7) + WebhookSecrets.Overlap))
            .ProducesProblems(WebhooksNotEnabled, WebhookNotFound)
            .WithOutcomeHint("If the secret was rotated, requests have two signatures. Ask for another "
                + "secret to know it."));
    }

    public override async Task HandleAsync(RotateSecretRequest request, CancellationToken ct)
    {
        if (!secrets.AreEnabled)
        {
            await Send.ProblemAsync(WebhooksNotEnabled, ct);
        }
        else if (await webhooks.RotateAsync(request.Id, User.Id(), ct) is { } rotated)
        {
            news.RecordChange(request.Id);
            await Send.OkAsync(
                new NewSecretResponse(
                    request.Id, secrets.Of(request.Id, rotated.Generation),
                    rotated.RotatedAt + WebhookSecrets.Overlap),
                CancellationToken.None);
        }
        else
        {
            await Send.ProblemAsync(WebhookNotFound, ct);
        }
    }
}
