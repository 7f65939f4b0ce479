using System.Text.RegularExpressions;
using FluentValidation;
using FluentValidation.Validators;

namespace Bank.Infrastructure.Http;

/// <summary>
/// Rules for texts and lists that the API's document states as well, in the words of JSON Schema.
/// </summary>
static class FieldRules
{
    /// <summary>A length within the limits, if the text is not null.</summary>
    /// <param name="rule">The rule to extend.</param>
    /// <param name="min">The minimum number of characters.</param>
    /// <param name="max">The maximum number of characters.</param>
    /// <param name="normalize">The form whose characters count; null for the text as it is sent.</param>
    public static IRuleBuilderOptions<T, string?> HasLength<T>(
        this IRuleBuilder<T, string?> rule, int min, int max, Func<string, string>? normalize = null) => rule
        .SetValidator(new TextLength<T>(min, max, normalize))
        .WithMessage($"must be {min} to {max} characters long");

    /// <summary>
    /// A match of the whole text, by a regular expression that ECMAScript and .NET read alike.
    /// </summary>
    public static IRuleBuilderOptions<T, string?> HasPattern<T>(
        this IRuleBuilder<T, string?> rule, string pattern) => rule
        .SetValidator(new TextPattern<T>(pattern))
        .WithMessage($"must match {pattern}");

    /// <summary>One of a few words, case-sensitive.</summary>
    public static IRuleBuilderOptions<T, string?> IsOneOf<T>(
        this IRuleBuilder<T, string?> rule, params string[] words) => rule
        .HasPattern($"^({string.Join('|', words)})$")
        .WithMessage($"must be {string.Join(", ", words[..^1])} or {words[^1]}");

    /// <summary>A number of elements within the limits, if the list is not null.</summary>
    public static IRuleBuilderOptions<T, IReadOnlyList<TElement>> HasCount<T, TElement>(
        this IRuleBuilder<T, IReadOnlyList<TElement>> rule, int min, int max) => rule
        .SetValidator(new ListLength<T, TElement>(min, max))
        .WithMessage($"must have {min} to {max} elements");

    /// <summary>
    /// Counts code points, as JSON Schema and PostgreSQL do. The framework's rule counts a character outside
    /// the BMP as two.
    /// </summary>
    sealed class TextLength<T>(int min, int max, Func<string, string>? normalize)
        : PropertyValidator<T, string?>, ILengthValidator
    {
        public override string Name => "TextLength";

        public int Min => min;

        public int Max => max;

        public override bool IsValid(ValidationContext<T> context, string? text)
        {
            var length = text is null ? min : (normalize?.Invoke(text) ?? text).EnumerateRunes().Count();
            return length >= min && length <= max;
        }
    }

    /// <summary>
    /// Matches a whole text. The framework's rule would accept a line feed at its end, where <c>$</c> of .NET
    /// differs from that of ECMAScript, which the document uses.
    /// </summary>
    sealed class TextPattern<T>(string pattern) : PropertyValidator<T, string?>, IRegularExpressionValidator
    {
        readonly Regex regex = new(
            pattern.TrimEnd('$') + @"\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);

        public override string Name => "TextPattern";

        public string Expression => pattern;

        public override bool IsValid(ValidationContext<T> context, string? text) =>
            text is null || regex.IsMatch(text);
    }

    sealed class ListLength<T, TElement>(int min, int max)
        : PropertyValidator<T, IReadOnlyList<TElement>>, ILengthValidator
    {
        public override string Name => "ListLength";

        public int Min => min;

        public int Max => max;

        public override bool IsValid(ValidationContext<T> context, IReadOnlyList<TElement> list) =>
            list is null || (list.Count >= min && list.Count <= max);
    }
}
