namespace Bank.Features.Keys;

/// <param name="Name">
/// A text that says what the key is for: 1 to 140 characters, at least one visible, no control characters.
/// </param>
/// <param name="Scope">full, or read for GET and HEAD only; full if left out.</param>
/// <param name="ExpiresIn">
/// Seconds until the key stops working: 1 to 31536000 (a year); it never does if left out.
/// </param>
sealed record CreateKeyRequest(string Name, string? Scope = null, int? ExpiresIn = null);
