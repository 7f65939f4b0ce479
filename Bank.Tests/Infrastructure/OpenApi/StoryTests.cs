using System.Globalization;
using System.Text;
using System.Text.Json;
using Bank.Tests.Harness;

namespace Bank.Tests.Infrastructure.OpenApi;

/// <summary>
/// The examples of the document are one story. A new bank replays it from the top to the end: the same
/// requests get the same responses. Only times and transaction ids differ, consistently.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class StoryTests(BankServer server)
{
    /// <summary>Times, ids, keys and secrets of the document, with those of this bank.</summary>
    readonly Dictionary<string, string> called = [];

    [Fact]
    public async Task Example_story_of_the_document_happens_in_a_new_bank()
    {
        await using var bank = await IsolatedBank.StartAsync(server, $"Webhooks:Key={WebhookReceiver.Key}");
        using var http = bank.Anonymous();
        using var document = JsonDocument.Parse(await http.GetStringAsync("/openapi.json"));
        var told = 0;

        foreach (var path in document.RootElement.GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject())
            {
                // Ada is no operator.
                if (operation.Value.GetProperty("tags")[0].GetString() == "Operators")
                    continue;

                foreach (var expected in Answers(operation.Value))
                {
                    await HappensAsync(http, operation.Name, path.Name, operation.Value, expected);
                    told++;
                }

                foreach (var expected in Events(operation.Value))
                {
                    await IsToldAsync(http, Fill(path.Name, operation.Value), expected);
                    told++;
                }
            }
        }

        told.ShouldBeGreaterThan(10);
    }

    /// <summary>
    /// The responses of an operation, in order. Operations without a response body are not in the story.
    /// </summary>
    static JsonElement[] Answers(JsonElement operation)
    {
        if (!TryGetContent(operation, "application/json", out var json))
            return [];

        if (json.TryGetProperty("example", out var only))
            return [only];

        json.TryGetProperty("examples", out var several).ShouldBeTrue(
            $"{operation.GetProperty("operationId")}: ProducesExample(…) needs the response of the story.");
        return [.. several.EnumerateObject().Select(example => example.Value.GetProperty("value"))];
    }

    /// <summary>The event that an operation sends, if any.</summary>
    static string[] Events(JsonElement operation) =>
        TryGetContent(operation, "text/event-stream", out var stream)
            ? [stream.GetProperty("example").GetString()!]
            : [];

    static bool TryGetContent(JsonElement operation, string type, out JsonElement found)
    {
        found = default;

        return operation.GetProperty("responses").EnumerateObject()
                .Single(response => response.Name[0] == '2').Value.TryGetProperty("content", out var content)
            && content.TryGetProperty(type, out found);
    }

    /// <summary>Subscribes after the previous event, like a client that reconnects.</summary>
    async Task IsToldAsync(HttpClient http, string path, string expected)
    {
        var before = long.Parse(Event(expected)[2]["id: ".Length..], CultureInfo.InvariantCulture) - 1;
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Last-Event-ID", $"{before}");
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
        var told = new List<string>();

        while (await lines.ReadLineAsync() is { Length: > 0 } line)
            told.Add(line);

        var (here, there) = (Event(string.Join('\n', told)), Event(expected));
        (here[0], here[2]).ShouldBe((there[0], there[2]));
        ShouldBeTheSame(Data(there), Data(here), path);
    }

    /// <summary>The lines of an event: its name, its data and its id.</summary>
    static string[] Event(string text) => text.TrimEnd('\n').Split('\n');

    static JsonElement Data(string[] lines) => JsonDocument.Parse(lines[1]["data: ".Length..]).RootElement;

    async Task HappensAsync(
        HttpClient http, string method, string path, JsonElement operation, JsonElement expected)
    {
        using var request = new HttpRequestMessage(
            new HttpMethod(method.ToUpperInvariant()), Fill(path, operation));
        var example = operation.TryGetProperty("requestBody", out var body)
            ? body.GetProperty("content").GetProperty("application/json").GetProperty("example")
            : default(JsonElement?);

        if (example is { } sent)
            request.Content = new StringContent(Here(sent.GetRawText()), Encoding.UTF8, "application/json");

        using var response = await http.SendAsync(request);

        var answer = await response.Content.ReadAsStringAsync();
        response.IsSuccessStatusCode.ShouldBeTrue($"{method} {path}: {answer}");
        ShouldBeTheSame(expected, JsonDocument.Parse(answer).RootElement, $"{method} {path}");

        if (example?.TryGetProperty("password", out var password) == true)
            http.DefaultRequestHeaders.Authorization = Customer.Basic(
                example.Value.GetProperty("username").GetString()!, password.GetString()!);
    }

    /// <summary>The path with the examples of its parameters.</summary>
    string Fill(string path, JsonElement operation)
    {
        if (operation.TryGetProperty("parameters", out var parameters))
        {
            foreach (var parameter in parameters.EnumerateArray().Where(InPath))
                path = path.Replace(
                    $"{{{parameter.GetProperty("name")}}}",
                    Here(parameter.GetProperty("example").ToString()));
        }

        return path;
    }

    static bool InPath(JsonElement parameter) => parameter.GetProperty("in").ValueEquals("path");

    /// <summary>A text of the story with the times and ids of this bank.</summary>
    string Here(string text) => called.Aggregate(text, (here, name) => here.Replace(name.Key, name.Value));

    void ShouldBeTheSame(JsonElement told, JsonElement here, string where)
    {
        here.ValueKind.ShouldBe(told.ValueKind, where);

        switch (told.ValueKind)
        {
            case JsonValueKind.Object:
                here.Names().ShouldBe(told.Names(), where);
                foreach (var member in told.EnumerateObject())
                    ShouldBeTheSame(member.Value, here.GetProperty(member.Name), $"{where} {member.Name}");
                break;

            case JsonValueKind.Array:
                here.GetArrayLength().ShouldBe(told.GetArrayLength(), where);
                foreach (var (item, other) in told.EnumerateArray().Zip(here.EnumerateArray()))
                    ShouldBeTheSame(item, other, where);
                break;

            case JsonValueKind.String when IsCalledOtherwise(told):
                called.TryAdd(told.GetString()!, here.GetString()!);
                here.GetString().ShouldBe(called[told.GetString()!], where);
                here.TryGetDateTimeOffset(out _).ShouldBe(told.TryGetDateTimeOffset(out _), where);
                here.TryGetGuid(out _).ShouldBe(told.TryGetGuid(out _), where);
                break;

            default:
                here.GetRawText().ShouldBe(told.GetRawText(), where);
                break;
        }
    }

    static bool IsCalledOtherwise(JsonElement told) =>
        told.TryGetDateTimeOffset(out _) || told.TryGetGuid(out _)
        || told.GetString()!.Split('_') is ["bank" or "whsec", _];
}
