using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.Ledger;
using FastEndpoints;
using FluentValidation;

namespace Bank.Features.Keys;

sealed class CreateKeyValidator : Validator<CreateKeyRequest>
{
    /// <summary>A year of 365 days, in seconds.</summary>
    const int MaxExpiry = 365 * 24 * 60 * 60;

    public CreateKeyValidator()
    {
        RuleFor(request => request.Name).Cascade(CascadeMode.Stop).IsGiven().IsReference();
        RuleFor(request => request.Scope).IsOneOf("full", "read");
        RuleFor(request => request.ExpiresIn)
            .InclusiveBetween(1, MaxExpiry).WithMessage("must be 1 to 31536000 seconds");
    }
}
