using Bank.Infrastructure.Http;
using FluentValidation;

namespace Bank.Infrastructure.Ledger;

/// <summary>What a reference must be, the text that says what a movement of money is for.</summary>
static class ReferenceRules
{
    const int LongestReference = 140;

    /// <summary>1 to 140 characters, none of them a control character, if there is one.</summary>
    public static IRuleBuilderOptions<T, string?> IsReference<T>(this IRuleBuilder<T, string?> rule) => rule
        .HasLength(1, LongestReference)
        .HasPattern("^[^\\u0000-\\u001F\\u007F-\\u009F]*$")
        .WithMessage("must not contain control characters");
}
