using System.Text;
using Microsoft.Extensions.Options;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;
using JsonSerializer = System.Text.Json.JsonSerializer;

namespace Bank.Infrastructure.OpenApi;

/// <summary>Writes the examples of the document as the API itself would write them.</summary>
sealed class ApiJson(IServiceProvider services)
{
    /// <summary>Texts stay texts, and amounts keep their two decimals.</summary>
    static readonly JsonSerializerSettings AsWritten = new()
    {
        DateParseHandling = DateParseHandling.None,
        FloatParseHandling = FloatParseHandling.Decimal,
    };

    /// <summary>A body's JSON, for the document.</summary>
    public JToken Token(object body) => JsonConvert.DeserializeObject<JToken>(Text(body), AsWritten)!;

    /// <summary>A body's JSON.</summary>
    public string Text(object body)
    {
        var options = services.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        return Written(text => JsonSerializer.SerializeAsync(text, body, body.GetType(), options));
    }

    /// <summary>What an answer may have to wait for, an example has already.</summary>
    public static string Written(Func<Stream, Task> write)
    {
        using var text = new MemoryStream();
        write(text).GetAwaiter().GetResult();
        return Encoding.UTF8.GetString(text.ToArray());
    }
}
