using Bank.Infrastructure.Http;
using FastEndpoints;

namespace Bank.Features.Operators;

/// <param name="Prefix">What the username begins with; all users without it.</param>
/// <param name="Limit">The size of a page, 1 to 1000.</param>
/// <param name="Cursor">The Next-Cursor header of the previous page; opaque.</param>
sealed record ListUsersRequest(
    [property: QueryParam] string? Prefix = null,
    [property: QueryParam] int Limit = 100,
    [property: QueryParam] string? Cursor = null)
{
    /// <summary>Distinguishes cursors of users from others.</summary>
    public const byte List = 32;

    /// <summary>The id of the last user of the previous page. The request must be valid.</summary>
    public long? After() => PageCursor.After(Cursor, List);

    /// <summary>The address of the page, without its cursor.</summary>
    public string Address() =>
        $"/users?limit={Limit}{(Prefix is null ? "" : $"&prefix={Uri.EscapeDataString(Prefix)}")}";
}
