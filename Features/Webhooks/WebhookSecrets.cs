using System.Security.Cryptography;
using System.Text;

namespace Bank.Features.Webhooks;

/// <summary>
/// The secrets of webhooks, in the form of Standard Webhooks 1.0. They are derived from <see
/// cref="WebhookOptions.Key"/>, so none is stored.
/// </summary>
sealed class WebhookSecrets(WebhookOptions options)
{
    const string Prefix = "whsec_";

    /// <summary>A text in the form of a secret, for the document.</summary>
    public const string Example = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

    /// <summary>The one after it.</summary>
    public const string NextExample = "whsec_AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

    /// <summary>For how long the previous secret signs too.</summary>
    public static readonly TimeSpan Overlap = TimeSpan.FromHours(24);

    readonly byte[] key = Encoding.UTF8.GetBytes(options.Key);

    /// <summary>Whether the operator has enabled webhooks.</summary>
    public bool AreEnabled => options.AreEnabled;

    /// <summary>The secret of a webhook, as its receiver gets it.</summary>
    public string Of(long webhook, int generation) =>
        Prefix + Convert.ToBase64String(BytesOf(webhook, generation));

    /// <summary>The signatures of a request: by one secret or, separated by a space, by two.</summary>
    /// <param name="webhook">The webhook's id.</param>
    /// <param name="generations">The generations of its secret that are in effect, latest first.</param>
    /// <param name="content">What is signed: id, timestamp and body, with full stops between.</param>
    public string Sign(long webhook, IEnumerable<int> generations, byte[] content) => string.Join(
        ' ',
        generations.Select(generation =>
            "v1," + Convert.ToBase64String(HMACSHA256.HashData(BytesOf(webhook, generation), content))));

    byte[] BytesOf(long webhook, int generation) =>
        HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"webhook.{webhook}.{generation}"));
}
