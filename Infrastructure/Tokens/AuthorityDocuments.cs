using Microsoft.IdentityModel.Protocols;

namespace Bank.Infrastructure.Tokens;

/// <summary>
/// Reads what the authority publishes. It follows no redirect, which would lead to keys of somebody else, and
/// reads nothing without TLS if the authority has it. The package's own reader cannot be cancelled.
/// </summary>
sealed class AuthorityDocuments(string authority) : IDocumentRetriever, IDisposable
{
    /// <summary>In bytes.</summary>
    const int MaxDocumentSize = 256 * 1024;

    const string Tls = "https://";

    /// <summary>A client for each fetch, since the address behind the name may change.</summary>
    readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
    {
        MaxResponseContentBufferSize = MaxDocumentSize,
    };

    /// <exception cref="InvalidDataException">The address has no TLS, but the authority has.</exception>
    /// <exception cref="HttpRequestException">It did not answer with a document of a usual size.</exception>
    public Task<string> GetDocumentAsync(string address, CancellationToken cancel) =>
        HasTls(authority) && !HasTls(address)
            ? throw new InvalidDataException($"it keeps its keys at {address}, without TLS")
            : http.GetStringAsync(address, cancel);

    public void Dispose() => http.Dispose();

    static bool HasTls(string address) => address.StartsWith(Tls, StringComparison.OrdinalIgnoreCase);
}
