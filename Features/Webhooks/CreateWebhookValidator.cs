using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Http;
using FastEndpoints;
using FluentValidation;

namespace Bank.Features.Webhooks;

sealed class CreateWebhookValidator : Validator<CreateWebhookRequest>
{
    const int MaxLength = 2048;

    public CreateWebhookValidator(WebhookAddresses addresses) =>
        RuleFor(request => request.Url).Cascade(CascadeMode.Stop).IsGiven()
            .HasLength(1, MaxLength)
            .Must(url => addresses.IsUrl(url!)).WithMessage($"must be {addresses.Schemes} address")
            .Must(url => WebhookAddresses.IsBare(url!))
            .WithMessage("must not contain a user name, a password or a fragment")
            .Must(url => addresses.MayReach(url!)).WithMessage("must not be an address that is not public");
}
