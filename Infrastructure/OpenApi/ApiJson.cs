using System.Text;
using Microsoft.Extensions.Options;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;
using JsonSerializer = System.Text.Json.JsonSerializer;

namespace Bank.Infrastructure.OpenApi;

/// <summary>Writes the examples of the document as the API itself would.</summary>
sealed class ApiJson(IServiceProvider services)
{
    /// <summary>Keeps texts as texts, and the two decimals of amounts.</summary>
    static readonly JsonSerializerSettings Verbatim = new()
    {
        DateParseHandling = DateParseHandling.None,
        FloatParseHandling = FloatParseHandling.Decimal,
    };

    /// <summary>The JSON of a body, for the document.</summary>
    public JToken Token(object body) => JsonConvert.DeserializeObject<JToken>(Text(body), Verbatim)!;

    /// <summary>The JSON of a body.</summary>
    public string Text(object body)
    {
        var options = services.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        return Read(stream => JsonSerializer.SerializeAsync(stream, body, body.GetType(), options));
    }

    /// <summary>
    /// The text that is written to a stream. Examples are in memory, so nothing waits here.
    /// </summary>
    public static string Read(Func<Stream, Task> write)
    {
        using var stream = new MemoryStream();
        write(stream).GetAwaiter().GetResult();
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
