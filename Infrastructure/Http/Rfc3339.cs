using System.Globalization;
using System.Text.RegularExpressions;
using FastEndpoints;
using FluentValidation;
using Microsoft.Extensions.Primitives;

namespace Bank.Infrastructure.Http;

/// <summary>Times in URLs, in the format of RFC 3339: date, time and offset.</summary>
static class Rfc3339
{
    /// <summary>The reason given for text that is not a time.</summary>
    public const string Reason = "must be a time with its offset, such as 2026-01-05T09:30:00Z";

    const string InUtc = "yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'";

    /// <summary>An unencoded plus sign of an offset arrives as a space.</summary>
    static readonly Regex Form = new(
        @"^([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,6})[0-9]*)?"
        + @"(?:[Zz]|([-+ ])([0-9]{2}:[0-9]{2}))\z",
        RegexOptions.NonBacktracking);

    /// <summary>
    /// Parses a time into UTC. Fractions of a microsecond, which PostgreSQL does not store, are cut off.
    /// </summary>
    public static ParseResult Parse(StringValues values) =>
        values.Count == 1 && TryParse(values[0]!, out var time) ? new(true, time) : new(false, null);

    public static bool TryParse(string text, out DateTimeOffset time)
    {
        time = default;

        if (Form.Match(text) is not { Success: true, Groups: var parts })
            return false;

        var sign = parts[4].Value == "-" ? '-' : '+';
        var offset = parts[5].Success ? $"{sign}{parts[5].Value}" : "+00:00";
        var fraction = parts[3].Value.PadRight(6, '0');

        return DateTimeOffset.TryParseExact(
            $"{parts[1].Value}T{parts[2].Value}.{fraction}{offset}", "yyyy-MM-dd'T'HH:mm:ss.ffffffzzz",
            CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out time);
    }

    /// <summary>The time as a further query parameter; empty if it is null.</summary>
    public static string Parameter(string name, DateTimeOffset? time) =>
        time is { } given ? $"&{name}={given.UtcDateTime.ToString(InUtc, CultureInfo.InvariantCulture)}" : "";

    /// <summary>Not before the start of the period, if both times are given.</summary>
    public static IRuleBuilderOptions<T, DateTimeOffset?> IsNotBefore<T>(
        this IRuleBuilder<T, DateTimeOffset?> rule, Func<T, DateTimeOffset?> since) => rule
        .Must((request, until) => !(until < since(request)))
        .WithMessage("must not be before since");
}
