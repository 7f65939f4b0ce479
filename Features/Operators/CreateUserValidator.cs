using Bank.Infrastructure.Auth;
using FastEndpoints;

namespace Bank.Features.Operators;

sealed class CreateUserValidator : Validator<CreateUserRequest>
{
    public CreateUserValidator() => RuleFor(request => request.Username).IsUsername();
}
