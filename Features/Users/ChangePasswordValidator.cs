using Bank.Infrastructure.Auth;
using FastEndpoints;
using FluentValidation;

namespace Bank.Features.Users;

sealed class ChangePasswordValidator : Validator<ChangePasswordRequest>
{
    public ChangePasswordValidator(PasswordOptions passwords)
    {
        RuleFor(request => request.CurrentPassword)
            .NotNull().WithMessage("is required")
            .Must(password => password is not "").WithMessage("is required");
        RuleFor(request => request.NewPassword).IsNewPassword(passwords.MinimumLength);
    }
}
