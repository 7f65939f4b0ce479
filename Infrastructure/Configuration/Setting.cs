using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace Bank.Infrastructure.Configuration;

/// <summary>A setting that something reads.</summary>
/// <param name="Key">Its key, such as <c>Passwords:WorkFactor</c>.</param>
/// <param name="Type">The type of its value.</param>
/// <param name="Range">The bounds of its value, if it has any.</param>
/// <param name="FormerKey">The whole key that it had before it was renamed.</param>
/// <param name="Words">The words that its value may be, if it is one of a few.</param>
sealed record Setting(
    string Key, Type Type, RangeAttribute? Range = null, string? FormerKey = null,
    IReadOnlyList<string>? Words = null)
{
    /// <summary>The fewest characters of its value; it may be empty.</summary>
    public int MinLength { get; init; }

    /// <summary>Whether its value is one of a few words.</summary>
    public bool IsWord => Type.IsEnum || Words is not null;

    /// <summary>What is wrong with a value, or null.</summary>
    /// <param name="key">The key under which it was configured.</param>
    /// <param name="text">The configured text.</param>
    public string? ErrorOf(string key, string text)
    {
        var isReadable = TryConvert(text, out var value);

        if (Type.IsEnum ? !isReadable : Words?.Contains(text, StringComparer.OrdinalIgnoreCase) == false)
        {
            var words = Words ?? Enum.GetNames(Type);
            return $"{key} is '{text}', but must be one of {string.Join(", ", words)}. "
                + $"Did you mean {Spelling.Nearest(text, words)}?";
        }

        // Such a text is a secret, so it is not shown.
        if (text.Length > 0 && text.Length < MinLength)
            return $"{key} has {text.Length} characters, but must have at least {MinLength}.";

        if (!isReadable)
            return $"{key} is '{text}', but must be {Kind}.";

        return Range is null || Range.IsValid(value) ? null : string.Create(
            CultureInfo.InvariantCulture,
            $"{key} is '{text}', but must be between {Range.Minimum} and {Range.Maximum}{Unit}.");
    }

    /// <summary>How a value is written, for the error of one that cannot be read.</summary>
    string Kind =>
        Type == typeof(bool) ? "true or false"
        : Type == typeof(int) || Type == typeof(long) ? "a whole number"
        : Type == typeof(TimeSpan) ? "a duration, written as hours:minutes:seconds"
        : "a number";

    /// <summary>A number alone is a duration of days, which nobody means.</summary>
    string Unit => Type != typeof(TimeSpan) ? ""
        : ", written as hours:minutes:seconds; a number alone would be days";

    bool TryConvert(string text, out object? value)
    {
        value = text;

        if (Type == typeof(string))
            return true;

        try
        {
            value = TypeDescriptor.GetConverter(Type).ConvertFromInvariantString(text);
            return true;
        }
        catch (Exception wrong) when (wrong is ArgumentException or FormatException or OverflowException)
        {
            return false;
        }
    }
}
