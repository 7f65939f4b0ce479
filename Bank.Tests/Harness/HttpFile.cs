using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Bank.Tests.Harness;

/// <summary>
/// A <c>.http</c> file as editors run it: variables, requests between ###, and names for the responses.
/// </summary>
sealed partial class HttpFile
{
    readonly Dictionary<string, string> variables = [];
    readonly Dictionary<string, JsonElement> answers = [];
    readonly string[] requests;

    HttpFile(string text)
    {
        var parts = text.Split("###");
        requests = parts[1..];

        foreach (Match variable in Variable.Matches(parts[0]))
            variables[variable.Groups[1].Value] = variable.Groups[2].Value;
    }

    /// <summary>The number of requests sent.</summary>
    public int Sent { get; private set; }

    public static HttpFile Read(string text) => new(text.ReplaceLineEndings("\n"));

    /// <summary>Sends the requests in order; all of them must succeed.</summary>
    public async Task SendAsync(HttpClient http)
    {
        foreach (var text in requests)
        {
            using var request = ToRequest(Fill(text));
            using var response = await http.SendAsync(request);
            var body = await response.Content.ReadAsStringAsync();
            response.IsSuccessStatusCode.ShouldBeTrue($"{request.Method} {request.RequestUri}: {body}");
            Sent++;

            if (Name.Match(text) is { Success: true } name)
                answers[name.Groups[1].Value] = JsonSerializer.Deserialize<JsonElement>(body);
        }
    }

    string Fill(string text) => Reference.Replace(text, reference =>
        reference.Groups["member"] is { Success: true } member
            ? answers[reference.Groups["name"].Value].GetProperty(member.Value).ToString()
            : variables[reference.Groups["name"].Value]);

    /// <summary>Parses a title, the request line, headers and, after an empty line, the body.</summary>
    static HttpRequestMessage ToRequest(string text)
    {
        var parts = text.Trim().Split("\n\n", 2);
        var lines = parts[0].Split('\n').Skip(1).Where(line => !line.StartsWith('#')).ToArray();
        var target = lines[0].Split(' ');
        var request = new HttpRequestMessage(new HttpMethod(target[0]), target[1]);

        if (parts.Length > 1)
            request.Content = new StringContent(parts[1], Encoding.UTF8, "application/json");

        foreach (var header in lines[1..].Select(line => line.Split(": ", 2)))
        {
            if (header[0] != "Content-Type")
                request.Headers.Add(header[0], header[1]);
        }

        return request;
    }

    [GeneratedRegex(@"^@(\w+) = (.*)$", RegexOptions.Multiline)]
    static partial Regex Variable { get; }

    [GeneratedRegex(@"^# @name (\w+)$", RegexOptions.Multiline)]
    static partial Regex Name { get; }

    [GeneratedRegex(@"\{\{(?<name>\w+)(\.response\.body\.\$\.(?<member>\w+))?\}\}")]
    static partial Regex Reference { get; }
}
