using Bank.Infrastructure.Http;

namespace Bank.Infrastructure.Auth;

/// <summary>Where a sign-in comes from.</summary>
/// <param name="Address">The client's address, which others may share.</param>
/// <param name="Connection">The id of the connection; null where it is not the client's alone.</param>
readonly record struct SignInOrigin(string Address, string? Connection)
{
    public static SignInOrigin Of(HttpContext context) =>
        new(context.ClientAddress(), context.ClientConnection());
}
