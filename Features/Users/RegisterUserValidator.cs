using Bank.Infrastructure.Auth;
using FastEndpoints;

namespace Bank.Features.Users;

sealed class RegisterUserValidator : Validator<RegisterUserRequest>
{
    public RegisterUserValidator(PasswordOptions passwords)
    {
        RuleFor(request => request.Username).IsUsername();
        RuleFor(request => request.Password).IsNewPassword(passwords.MinimumLength);
    }
}
