using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Http;
using FastEndpoints;
using FluentValidation;

namespace Bank.Features.Operators;

sealed class ListActionsValidator : Validator<ListActionsRequest>
{
    public ListActionsValidator()
    {
        RuleFor(request => request.Actor).HasLength(1, 64);
        RuleFor(request => request.Subject).HasLength(1, 64);
        RuleFor(request => request.Actor).Must(IsName).WithMessage("must be a username");
        RuleFor(request => request.Subject).Must(IsName).WithMessage("must be a username");
        RuleFor(request => request.Until).IsNotBefore(request => request.Since);
        RuleFor(request => request.Limit).IsPageLimit();
        RuleFor(request => request.Cursor).IsCursorOf(_ => ListActionsRequest.List);
    }

    static bool IsName(string? name) => name is null || NormalForm.TryNormalizeUsername(name, out _);
}
