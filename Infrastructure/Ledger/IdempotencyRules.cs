using Bank.Infrastructure.Http;
using FluentValidation;

namespace Bank.Infrastructure.Ledger;

/// <summary>What an <c>Idempotency-Key</c> must be.</summary>
static class IdempotencyRules
{
    /// <summary>The header's name.</summary>
    public const string Header = "Idempotency-Key";

    /// <summary>1 to 255 visible ASCII characters, if there is one.</summary>
    public static IRuleBuilderOptions<T, string?> IsIdempotencyKey<T>(
        this IRuleBuilder<T, string?> rule) => rule
        .HasPattern("^[!-~]{1,255}$")
        .WithMessage("must be 1 to 255 visible ASCII characters")
        .OverridePropertyName(Header);
}
