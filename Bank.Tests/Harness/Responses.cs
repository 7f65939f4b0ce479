using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Bank.Tests.Harness;

/// <summary>Reads and checks responses according to the contract.</summary>
static partial class Responses
{
    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage response) =>
        await response.Content.ReadFromJsonAsync<JsonElement>();

    /// <summary>The field names of an object, in order.</summary>
    public static string[] Names(this JsonElement json) =>
        [.. json.EnumerateObject().Select(field => field.Name)];

    /// <summary>Checks that a time is in RFC 3339 format, in UTC, and about now.</summary>
    public static void ShouldBeUtcNow(this JsonElement time)
    {
        var text = time.GetString()!;

        Rfc3339InUtc.IsMatch(text).ShouldBeTrue(text);
        time.GetDateTimeOffset().ShouldBe(DateTimeOffset.UtcNow, TimeSpan.FromMinutes(5));
    }

    /// <summary>The body without its trace id, the only difference between equal problems.</summary>
    public static async Task<string> WithoutTraceAsync(this HttpResponseMessage response) =>
        TraceId.Replace(await response.Content.ReadAsStringAsync(), "");

    /// <summary>
    /// The next page in the Link header (RFC 8288); null on the last page. Next-Cursor must name the same
    /// page.
    /// </summary>
    public static string? NextPage(this HttpResponseMessage response)
    {
        if (!response.Headers.TryGetValues("Link", out var links))
        {
            response.Headers.Contains("Next-Cursor").ShouldBeFalse();
            return null;
        }

        var link = NextLink.Match(links.ShouldHaveSingleItem());
        link.Success.ShouldBeTrue(links.Single());
        var page = link.Groups[1].Value;
        page.ShouldContain($"cursor={response.Headers.GetValues("Next-Cursor").ShouldHaveSingleItem()}");

        return page;
    }

    /// <summary>Checks that a response is a well-formed problem with this status and code.</summary>
    public static async Task<JsonElement> ShouldBeProblemAsync(
        this HttpResponseMessage response, HttpStatusCode status, string code)
    {
        var text = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(status, text);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");

        var problem = JsonDocument.Parse(text).RootElement;
        problem.GetProperty("status").GetInt32().ShouldBe((int)status);
        problem.GetProperty("code").GetString().ShouldBe(code);
        problem.GetProperty("type").GetString().ShouldNotBeNullOrEmpty();
        problem.GetProperty("title").GetString().ShouldNotBeNullOrEmpty();
        problem.GetProperty("detail").GetString().ShouldNotBeNullOrEmpty();
        problem.GetProperty("trace_id").GetString().ShouldNotBeNullOrEmpty();

        return problem;
    }

    /// <summary>Checks that a response is a 422 for this field, with this reason if given.</summary>
    public static async Task ShouldRefuseFieldAsync(
        this HttpResponseMessage response, string field, string? reason = null)
    {
        var problem = await response.ShouldBeProblemAsync(
            HttpStatusCode.UnprocessableEntity, "validation_failed");

        problem.GetProperty("errors").EnumerateArray()
            .Where(error => reason is null || error.GetProperty("reason").GetString() == reason)
            .Select(error => error.GetProperty("name").GetString())
            .ShouldContain(field);
    }

    /// <summary>Checks that a response replays the first one and says so.</summary>
    public static async Task ShouldReplayAsync(this HttpResponseMessage repeat, HttpResponseMessage first)
    {
        repeat.StatusCode.ShouldBe(first.StatusCode);
        repeat.Headers.GetValues("Idempotent-Replayed").ShouldBe(["true"]);
        repeat.Headers.Location.ShouldBe(first.Headers.Location);
        repeat.Content.Headers.ContentType.ShouldBe(first.Content.Headers.ContentType);
        (await repeat.Content.ReadAsByteArrayAsync()).ShouldBe(await first.Content.ReadAsByteArrayAsync());
    }

    /// <summary>Checks that a key was refused because another request used it.</summary>
    public static async Task ShouldBeReusedAsync(this HttpResponseMessage response)
    {
        var problem = await response.ShouldBeProblemAsync(
            HttpStatusCode.UnprocessableEntity, "idempotency_key_reused");

        problem.GetProperty("errors").EnumerateArray().ShouldHaveSingleItem()
            .GetProperty("name").GetString().ShouldBe("Idempotency-Key");
        response.Headers.Contains("Idempotent-Replayed").ShouldBeFalse();
    }

    /// <summary>Checks that every failed response is this problem.</summary>
    public static async Task ShouldOtherwiseBeAsync(
        this IEnumerable<HttpResponseMessage> responses, HttpStatusCode status, string code)
    {
        foreach (var refusal in responses.Where(response => !response.IsSuccessStatusCode))
            await refusal.ShouldBeProblemAsync(status, code);
    }

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)$")]
    static partial Regex Rfc3339InUtc { get; }

    [GeneratedRegex("^<(/[^>]*)>; rel=\"next\"$")]
    static partial Regex NextLink { get; }

    [GeneratedRegex("\"trace_id\":\"[^\"]*\"")]
    static partial Regex TraceId { get; }
}
