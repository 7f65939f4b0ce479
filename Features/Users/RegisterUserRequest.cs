using Bank.Infrastructure.Idempotency;
using FastEndpoints;

namespace Bank.Features.Users;

/// <param name="Username">1 to 64 characters, without a colon or control characters; not . or ..</param>
/// <param name="Password">At least the configured number of characters, at most 1,024 bytes.</param>
sealed record RegisterUserRequest(string Username, string Password) : IKeyedRequest
{
    /// <summary>Makes repeating the request safe: 1 to 255 visible ASCII characters.</summary>
    [FromHeader(IdempotencyRules.Header, isRequired: false, removeFromSchema: true)]
    public string? IdempotencyKey { get; init; }
}
