using Bank.Infrastructure.Http;

namespace Bank.Infrastructure.Auth;

/// <summary>Where a sign-in comes from.</summary>
/// <param name="Address">The client's address, which other clients may share.</param>
/// <param name="Connection">The id of the connection; null when the client shares it with others.</param>
readonly record struct SignInOrigin(string Address, string? Connection)
{
    public static SignInOrigin FromContext(HttpContext context) =>
        new(context.ClientAddress(), context.ClientConnection());
}
