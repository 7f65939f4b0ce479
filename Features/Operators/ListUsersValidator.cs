using Bank.Infrastructure.Http;
using FastEndpoints;
using FluentValidation;

namespace Bank.Features.Operators;

sealed class ListUsersValidator : Validator<ListUsersRequest>
{
    public ListUsersValidator()
    {
        RuleFor(request => request.Prefix).HasLength(1, 64);
        RuleFor(request => request.Prefix)
            .Must(prefix => prefix?.Contains('\0', StringComparison.Ordinal) != true)
            .WithMessage("must not contain NUL");
        RuleFor(request => request.Limit).IsPageLimit();
        RuleFor(request => request.Cursor).IsCursorOf(_ => ListUsersRequest.List);
    }
}
