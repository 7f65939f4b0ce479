using System.Text.RegularExpressions;
using FluentValidation;
using FluentValidation.Validators;

namespace Bank.Infrastructure.Http;

/// <summary>
/// Compares a whole text with a pattern. The framework's rule would let a line feed pass at its end, where
/// .NET's <c>$</c> differs from ECMAScript's, which is what a document means by a pattern.
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
