using System.Buffers.Text;
using System.Text;
using System.Text.Json.Nodes;

namespace Bank.Tests.Infrastructure.Tokens;

/// <summary>A token as a test wants it, which no honest authority need have issued.</summary>
sealed record TestToken(TestKey Key, JsonObject Header, JsonObject Payload)
{
    /// <summary>Signs the text; by default with the key.</summary>
    public Func<byte[], byte[]>? Signer { get; init; }

    /// <summary>The same with another claim; null removes it.</summary>
    public TestToken With(string claim, JsonNode? value) =>
        this with { Payload = Changed(Payload, claim, value) };

    /// <summary>The same with another member of the header; null removes it.</summary>
    public TestToken WithHeader(string name, JsonNode? value) =>
        this with { Header = Changed(Header, name, value) };

    /// <summary>The compact form.</summary>
    public override string ToString()
    {
        var signed = $"{Encode(Header.ToJsonString())}.{Encode(Payload.ToJsonString())}";
        return $"{signed}.{Base64Url.EncodeToString((Signer ?? Key.Sign)(Encoding.UTF8.GetBytes(signed)))}";
    }

    public static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    static JsonObject Changed(JsonObject json, string name, JsonNode? value)
    {
        var changed = json.DeepClone().AsObject();
        changed.Remove(name);

        if (value is not null)
            changed[name] = value;

        return changed;
    }
}
