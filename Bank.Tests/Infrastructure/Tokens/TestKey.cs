using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Bank.Tests.Infrastructure.Tokens;

/// <summary>A key that an authority signs with.</summary>
sealed class TestKey : IDisposable
{
    readonly AsymmetricAlgorithm key;
    readonly HashAlgorithmName hash;

    TestKey(AsymmetricAlgorithm key, string algorithm)
    {
        this.key = key;
        Algorithm = algorithm;
        hash = new HashAlgorithmName($"SHA{algorithm[2..]}");
    }

    public string Algorithm { get; }

    /// <summary>Its <c>kid</c>.</summary>
    public string Id { get; init; } = $"{Guid.NewGuid():n}";

    /// <summary>What its JSON has besides.</summary>
    public Dictionary<string, string> Members { get; } = [];

    public static TestKey Rsa(string algorithm = "RS256", int bits = 2048) =>
        new(RSA.Create(bits), algorithm);

    public static TestKey Ec(string algorithm = "ES256") => new(
        ECDsa.Create(algorithm switch
        {
            "ES256" => ECCurve.NamedCurves.nistP256,
            "ES384" => ECCurve.NamedCurves.nistP384,
            _ => ECCurve.NamedCurves.nistP521,
        }),
        algorithm);

    public byte[] Sign(byte[] text) => key switch
    {
        RSA rsa => rsa.SignData(
            text, hash, Algorithm[0] == 'P' ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1),
        _ => ((ECDsa)key).SignData(text, hash),
    };

    /// <summary>The public key as a text, such as somebody may take for the secret of an HMAC.</summary>
    public byte[] ToPem() => System.Text.Encoding.UTF8.GetBytes(key.ExportSubjectPublicKeyInfoPem());

    /// <summary>Its public part as a JSON Web Key.</summary>
    public JsonObject ToJson()
    {
        var json = key switch
        {
            RSA rsa when rsa.ExportParameters(false) is var rsaKey => new JsonObject
            {
                ["kty"] = "RSA",
                ["n"] = Base64Url.EncodeToString(rsaKey.Modulus),
                ["e"] = Base64Url.EncodeToString(rsaKey.Exponent),
            },
            _ when ((ECDsa)key).ExportParameters(false) is var ecKey => new JsonObject
            {
                ["kty"] = "EC",
                ["crv"] = $"P-{Algorithm switch { "ES256" => 256, "ES384" => 384, _ => 521 }}",
                ["x"] = Base64Url.EncodeToString(ecKey.Q.X),
                ["y"] = Base64Url.EncodeToString(ecKey.Q.Y),
            },
            _ => throw new InvalidOperationException(),
        };
        json["kid"] = Id;

        foreach (var (name, value) in Members)
            json[name] = value;

        return json;
    }

    public void Dispose() => key.Dispose();
}
