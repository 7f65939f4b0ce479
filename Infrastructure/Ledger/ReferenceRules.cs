using Bank.Infrastructure.Http;
using FluentValidation;

namespace Bank.Infrastructure.Ledger;

/// <summary>What a reference must be, the text that says what a movement of money is for.</summary>
static class ReferenceRules
{
    const int LongestReference = 140;

    /// <summary>What breaks lines or turns the direction of text counts as a control character too.</summary>
    const string Control = @"\u0000-\u001F\u007F-\u009F\u2028-\u202E\u2066-\u2069";

    /// <summary>Spaces, and what Unicode asks not to be shown (Default_Ignorable_Code_Point).</summary>
    const string Invisible = @"\u0020\u00A0\u00AD\u034F\u061C\u115F\u1160\u1680\u17B4\u17B5\u180B-\u180F"
        + @"\u2000-\u200F\u202F\u205F-\u2065\u206A-\u206F\u2800\u3000\u3164\uFE00-\uFE0F\uFEFF\uFFA0";

    /// <summary>
    /// 1 to 140 characters, at least one of them visible and none a control character, if there is one.
    /// </summary>
    public static IRuleBuilderOptions<T, string?> IsReference<T>(this IRuleBuilder<T, string?> rule) => rule
        .HasLength(1, LongestReference)
        .HasPattern($"^[^{Control}]*[^{Control}{Invisible}][^{Control}]*$")
        .WithMessage("must have a visible character and no control characters");
}
