using Bank.Infrastructure.Http;
using Microsoft.Net.Http.Headers;

namespace Bank.Features.Statements;

/// <summary>Chooses a format by the Accept header (RFC 9110, section 12.5.1).</summary>
static class StatementNegotiation
{
    /// <summary>
    /// The format of the highest quality, the first one among equals; null if the client accepts none.
    /// Without an Accept header, or with an unreadable one, the first format.
    /// </summary>
    public static StatementFormat? Choose(HttpRequest request, StatementFormat[] formats)
    {
        if (!MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var ranges) || ranges.Count == 0)
            return formats[0];

        ranges = [.. ranges.Select(AmountsAsStrings.WithoutParameter)];

        return formats.Select(format => (Format: format, Quality: QualityOf(format.MediaType, ranges)))
            .Where(rated => rated.Quality > 0)
            .OrderByDescending(rated => rated.Quality).FirstOrDefault().Format;
    }

    /// <summary>The quality of the most specific range that matches; 0 if none does.</summary>
    static double QualityOf(string mediaType, IEnumerable<MediaTypeHeaderValue> ranges)
    {
        var offered = MediaTypeHeaderValue.Parse(mediaType);
        var range = ranges.Where(offered.IsSubsetOf).MaxBy(Precision);

        return range is null ? 0 : range.Quality ?? 1;
    }

    static int Precision(MediaTypeHeaderValue range) => range.MatchesAllTypes ? 0
        : range.MatchesAllSubTypes ? 1
        : 2 + range.Parameters.Count(parameter => !IsQuality(parameter));

    static bool IsQuality(NameValueHeaderValue parameter) =>
        parameter.Name.Equals("q", StringComparison.OrdinalIgnoreCase);
}
