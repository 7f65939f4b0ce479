using FluentValidation;

namespace Bank.Infrastructure.Http;

/// <summary>Rules for texts that the API's document can state as well, in the words of JSON Schema.</summary>
static class TextRules
{
    /// <summary>So many characters, if there is a text.</summary>
    /// <param name="rule">The rule that goes on.</param>
    /// <param name="least">The fewest.</param>
    /// <param name="most">The most.</param>
    /// <param name="form">The form that they are counted in, where it is not the one that is sent.</param>
    public static IRuleBuilderOptions<T, string?> HasLength<T>(
        this IRuleBuilder<T, string?> rule, int least, int most, Func<string, string>? form = null) => rule
        .SetValidator(new TextLength<T>(least, most, form))
        .WithMessage($"must be {least} to {most} characters long");

    /// <summary>The whole text is as a regular expression says that ECMAScript and .NET read alike.</summary>
    public static IRuleBuilderOptions<T, string?> HasPattern<T>(
        this IRuleBuilder<T, string?> rule, string pattern) => rule
        .SetValidator(new TextPattern<T>(pattern))
        .WithMessage($"must match {pattern}");

    /// <summary>One of a few words, exactly as they are written.</summary>
    public static IRuleBuilderOptions<T, string?> IsOneOf<T>(
        this IRuleBuilder<T, string?> rule, params string[] words) => rule
        .HasPattern($"^({string.Join('|', words)})$")
        .WithMessage($"must be {string.Join(", ", words[..^1])} or {words[^1]}");
}
