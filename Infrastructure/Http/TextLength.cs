using FluentValidation;
using FluentValidation.Validators;

namespace Bank.Infrastructure.Http;

/// <summary>
/// Counts a text as JSON Schema and PostgreSQL do, by code points: a character outside the BMP is one, where
/// the framework's rule counts two.
/// </summary>
sealed class TextLength<T>(int least, int most, Func<string, string>? form)
    : PropertyValidator<T, string?>, ILengthValidator
{
    public override string Name => "TextLength";

    public int Min => least;

    public int Max => most;

    public override bool IsValid(ValidationContext<T> context, string? text)
    {
        var length = text is null ? least : (form is null ? text : form(text)).EnumerateRunes().Count();
        return length >= least && length <= most;
    }
}
