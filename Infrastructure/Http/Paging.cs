using FastEndpoints;
using FluentValidation;

namespace Bank.Infrastructure.Http;

/// <summary>What all lists that come in pages have in common (RFC 8288).</summary>
static class Paging
{
    /// <summary>The most items that a page may have.</summary>
    public const int LargestPage = 1000;

    /// <summary>How many items a page may be asked to have.</summary>
    public static IRuleBuilderOptions<T, int> IsPageLimit<T>(this IRuleBuilder<T, int> rule) => rule
        .InclusiveBetween(1, LargestPage).WithMessage("must be 1 to 1000");

    /// <summary>A cursor of the list that is asked for, if there is one.</summary>
    public static IRuleBuilderOptions<T, string?> IsCursorOf<T>(
        this IRuleBuilder<T, string?> rule, Func<T, byte> list) => rule
        .Must((request, cursor) => cursor is null || PageCursor.After(cursor, list(request)) is not null)
        .WithMessage("must be a cursor from a page of the same list");

    /// <summary>Sends a page, with a link to the next one if there is more.</summary>
    /// <param name="send">What sends.</param>
    /// <param name="items">The items of the page, and one more if there is one.</param>
    /// <param name="limit">How many items the page has.</param>
    /// <param name="address">The address of the page but for its cursor, with a query.</param>
    /// <param name="cursorOf">Where a page ended that an item is the last of.</param>
    /// <param name="ct">Given up when the client goes away.</param>
    public static Task PageAsync<TItem>(
        this IResponseSender send, TItem[] items, int limit, string address, Func<TItem, PageCursor> cursorOf,
        CancellationToken ct)
    {
        if (items.Length > limit)
        {
            items = items[..limit];
            send.HttpContext.AddNextPage(address, cursorOf(items[^1]).ToString());
        }

        return send.HttpContext.Response.SendAsync(items, cancellation: ct);
    }
}
