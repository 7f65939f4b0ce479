using System.ComponentModel.DataAnnotations;

namespace Bank.Features.Keys;

/// <summary>A new key.</summary>
/// <param name="Id">The key's id.</param>
/// <param name="Name">The user's name for it.</param>
/// <param name="Scope">full, or read for GET and HEAD only.</param>
/// <param name="Key">The secret text, which is not shown again.</param>
/// <param name="ExpiresAt">The time at which it stops working; absent if it never does.</param>
/// <param name="CreatedAt">When it was made.</param>
sealed record NewKeyResponse(
    long Id, string Name, [property: RegularExpression("^(full|read)$")] string Scope, string Key,
    DateTimeOffset? ExpiresAt, DateTimeOffset CreatedAt);
