using FastEndpoints;
using FluentValidation;

namespace Bank.Features.Webhooks;

sealed class ReplayWebhookValidator : Validator<ReplayWebhookRequest>
{
    public ReplayWebhookValidator() =>
        RuleFor(request => request.After).Cascade(CascadeMode.Stop)
            .NotNull().WithMessage("is required")
            .GreaterThanOrEqualTo(0).WithMessage("must not be negative");
}
