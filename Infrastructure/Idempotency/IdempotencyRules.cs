using Bank.Infrastructure.Http;
using Bank.Infrastructure.Problems;
using FluentValidation;

namespace Bank.Infrastructure.Idempotency;

/// <summary>What an <c>Idempotency-Key</c> must be.</summary>
static class IdempotencyRules
{
    /// <summary>The header's name.</summary>
    public const string Header = "Idempotency-Key";

    /// <summary>What who has sent one may do when the outcome is unknown.</summary>
    public const string SendAgain =
        "A request with an Idempotency-Key can be sent again with the same key.";

    /// <summary>1 to 255 visible ASCII characters, if there is one.</summary>
    public static IRuleBuilderOptions<T, string?> IsIdempotencyKey<T>(
        this IRuleBuilder<T, string?> rule) => rule
        .HasPattern("^[!-~]{1,255}$")
        .WithMessage("must be 1 to 255 visible ASCII characters")
        .OverridePropertyName(Header);

    /// <summary>The refusal of a key that stands for another request.</summary>
    public static ProblemException Reused() => new(
        IdempotencyProblems.KeyReused,
        new FieldError(Header, "was already used for another request"));
}
