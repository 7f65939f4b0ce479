using System.ComponentModel.DataAnnotations;

namespace Bank.Features.Keys;

/// <summary>A key without its secret text.</summary>
/// <param name="Id">The key's id.</param>
/// <param name="Name">The user's name for it.</param>
/// <param name="Scope">full, or read for GET and HEAD only.</param>
/// <param name="ExpiresAt">The time at which it stops working; absent if it never does.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="LastUsedAt">The day on which it was last used, at midnight UTC; absent before that.</param>
sealed record KeyResponse(
    long Id, string Name, [property: RegularExpression("^(full|read)$")] string Scope,
    DateTimeOffset? ExpiresAt, DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt = null);
