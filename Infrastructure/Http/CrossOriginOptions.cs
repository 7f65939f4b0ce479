using Bank.Infrastructure.Configuration;

namespace Bank.Infrastructure.Http;

/// <summary>The section <c>Cors</c> of the configuration.</summary>
[Section("Cors")]
sealed class CrossOriginOptions
{
    /// <summary>
    /// The origins whose pages may use the API from a browser, such as <c>https://app.example.com</c>.
    /// </summary>
    public string[] Origins { get; init; } = [];
}
