using Microsoft.Net.Http.Headers;

namespace Bank.Infrastructure.Http;

/// <summary>Finds what a client would rather have by its Accept header (RFC 9110, section 12.5.1).</summary>
static class AcceptedTypes
{
    /// <summary>
    /// The one of the highest quality, of several the first; null if the client takes none of them. A header
    /// that cannot be read is as good as none, with which anything will do.
    /// </summary>
    /// <param name="request">What the client sends.</param>
    /// <param name="offers">What there is to choose from.</param>
    /// <param name="mediaTypeOf">The media type of an offer, with its parameters.</param>
    public static T? Choose<T>(HttpRequest request, T[] offers, Func<T, string> mediaTypeOf)
        where T : class
    {
        if (!MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var ranges) || ranges.Count == 0)
            return offers[0];

        return offers.Select(offer => (Offer: offer, Quality: QualityOf(mediaTypeOf(offer), ranges)))
            .Where(rated => rated.Quality > 0)
            .OrderByDescending(rated => rated.Quality).FirstOrDefault().Offer;
    }

    /// <summary>That of the range that says most of the type; 0 where none is of it.</summary>
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
