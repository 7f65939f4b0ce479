using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Bank.Infrastructure.Http;

/// <summary>
/// Writes amounts as JSON strings for clients whose numbers are doubles, which are exact for 15 digits. A
/// client asks for it by the parameter <c>amounts=string</c> of a media type in Accept (RFC 9110, section
/// 12.5.1), because the resource is the same and only its representation differs.
/// </summary>
sealed class AmountsAsStrings(IOptions<JsonOptions> json)
{
    const string Parameter = "amounts";

    readonly JsonSerializerOptions numbers = json.Value.SerializerOptions;
    readonly JsonSerializerOptions strings = WithStrings(json.Value.SerializerOptions);

    /// <summary>How the response to a request is written.</summary>
    public JsonSerializerOptions OptionsFor(HttpRequest request) =>
        AreAskedFor(request) ? strings : numbers;

    /// <summary>Writes a body of JSON, or none.</summary>
    public Task WriteAsync(
        HttpResponse response, object? body, string contentType, JsonSerializerContext? context,
        CancellationToken ct)
    {
        if (body is null)
            return Task.CompletedTask;

        var type = $"{contentType}; charset=utf-8";

        return AreAskedFor(response.HttpContext.Request)
            ? response.WriteAsJsonAsync(body, strings, $"{type}; {Parameter}=string", ct)
            : response.WriteAsJsonAsync(body, numbers, type, ct);
    }

    /// <summary>The range without what it says of amounts, for those who choose by its media type.</summary>
    public static MediaTypeHeaderValue WithoutParameter(MediaTypeHeaderValue range)
    {
        var bare = range.Copy();

        foreach (var parameter in bare.Parameters.Where(IsOfAmounts).ToArray())
            bare.Parameters.Remove(parameter);

        return bare;
    }

    /// <summary>
    /// Whether the best range of Accept for JSON or events, the first of equals, asks for it.
    /// </summary>
    static bool AreAskedFor(HttpRequest request)
    {
        // Most requests do not ask for it, and pay no more than this search.
        if (!request.Headers.Accept.ToString().Contains(Parameter, StringComparison.OrdinalIgnoreCase)
            || !MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var ranges))
            return false;

        var best = ranges
            .Where(range => range.MatchesMediaType("application/json")
                || range.MatchesMediaType("text/event-stream"))
            .MaxBy(range => range.Quality ?? 1);

        return best is { Quality: null or > 0 } && best.Parameters.Any(IsAskedFor);
    }

    static bool IsOfAmounts(NameValueHeaderValue parameter) =>
        parameter.Name.Equals(Parameter, StringComparison.OrdinalIgnoreCase);

    static bool IsAskedFor(NameValueHeaderValue parameter) => IsOfAmounts(parameter)
        && HeaderUtilities.RemoveQuotes(parameter.Value).Equals("string", StringComparison.OrdinalIgnoreCase);

    static JsonSerializerOptions WithStrings(JsonSerializerOptions options)
    {
        var strings = new JsonSerializerOptions(options);
        strings.Converters.Insert(0, new StringConverter());
        strings.MakeReadOnly();

        return strings;
    }

    /// <summary>Writes an amount with the decimals that it has.</summary>
    sealed class StringConverter : JsonConverter<decimal>
    {
        public override decimal Read(
            ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException("Requests are read with the other options.");

        public override void Write(Utf8JsonWriter writer, decimal value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString(CultureInfo.InvariantCulture));
    }
}
