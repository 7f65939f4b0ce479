namespace Bank.Infrastructure.Tokens;

/// <summary>The metadata of a protected resource (RFC 9728, section 2).</summary>
/// <param name="Resource">The resource, which a token must be for.</param>
/// <param name="AuthorizationServers">Who issues its tokens.</param>
/// <param name="ScopesSupported">The scopes that a token may have.</param>
/// <param name="BearerMethodsSupported">Where a request has its token.</param>
/// <param name="ResourceName">The name for people.</param>
/// <param name="ResourceDocumentation">The page for developers.</param>
sealed record ProtectedResourceResponse(
    string Resource, string[] AuthorizationServers, string[] ScopesSupported, string[] BearerMethodsSupported,
    string ResourceName, string ResourceDocumentation);
