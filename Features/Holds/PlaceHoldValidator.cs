using Bank.Infrastructure.Ledger;
using FastEndpoints;
using FluentValidation;

namespace Bank.Features.Holds;

sealed class PlaceHoldValidator : Validator<PlaceHoldRequest>
{
    /// <summary>Thirty days, in seconds.</summary>
    const int MaxExpiry = 30 * 24 * 60 * 60;

    public PlaceHoldValidator()
    {
        RuleFor(request => request.From).NotEmpty().WithMessage("is required");
        RuleFor(request => request.To).Cascade(CascadeMode.Stop)
            .NotEmpty().WithMessage("is required")
            .NotEqual(request => request.From).WithMessage("must be another account than from");
        RuleFor(request => request.Amount)
            .NotNull().WithMessage("is required").IsMoney(request => request.Currency);
        RuleFor(request => request.Currency).IsCurrency();
        RuleFor(request => request.ExpiresIn)
            .InclusiveBetween(1, MaxExpiry).WithMessage("must be 1 to 2592000 seconds");
        RuleFor(request => request.Reference).IsReference();
    }
}
