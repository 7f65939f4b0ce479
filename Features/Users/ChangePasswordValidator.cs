using Bank.Infrastructure.Auth;
using FastEndpoints;

namespace Bank.Features.Users;

sealed class ChangePasswordValidator : Validator<ChangePasswordRequest>
{
    public ChangePasswordValidator(PasswordOptions passwords)
    {
        RuleFor(request => request.CurrentPassword).IsPassword();
        RuleFor(request => request.NewPassword).IsNewPassword(passwords.MinimumLength);
    }
}
