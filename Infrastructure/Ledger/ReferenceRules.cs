using Bank.Infrastructure.Http;
using FluentValidation;

namespace Bank.Infrastructure.Ledger;

/// <summary>The rules of a reference, the caller's text for a transaction.</summary>
static class ReferenceRules
{
    const int MaxLength = 140;

    /// <summary>
    /// Control characters, line separators and characters that change the direction of text.
    /// </summary>
    const string Control = @"\u0000-\u001F\u007F-\u009F\u2028-\u202E\u2066-\u2069";

    /// <summary>
    /// Spaces, and the characters that Unicode does not display (Default_Ignorable_Code_Point), for a class
    /// of a regular expression.
    /// </summary>
    public const string Invisible =
        @"\u0020\u00A0\u00AD\u034F\u061C\u115F\u1160\u1680\u17B4\u17B5\u180B-\u180F"
        + @"\u2000-\u200F\u202F\u205F-\u2065\u206A-\u206F\u2800\u3000\u3164\uFE00-\uFE0F\uFEFF\uFFA0";

    /// <summary>
    /// 1 to 140 characters, at least one visible and no control character; null passes.
    /// </summary>
    public static IRuleBuilderOptions<T, string?> IsReference<T>(this IRuleBuilder<T, string?> rule) => rule
        .HasLength(1, MaxLength)
        .HasPattern($"^[^{Control}]*[^{Control}{Invisible}][^{Control}]*$")
        .WithMessage("must have a visible character and no control characters");
}
