using FastEndpoints;
using FluentValidation;

namespace Bank.Infrastructure.Http;

/// <summary>Lists in pages: the rules of their parameters, and the links between them (RFC 8288).</summary>
static class Paging
{
    public const int MaxPageSize = 1000;

    /// <summary>The header with the cursor of the next page.</summary>
    public const string CursorHeader = "Next-Cursor";

    /// <summary>From 1 to <see cref="MaxPageSize"/>.</summary>
    public static IRuleBuilderOptions<T, int> IsPageLimit<T>(this IRuleBuilder<T, int> rule) => rule
        .InclusiveBetween(1, MaxPageSize).WithMessage("must be 1 to 1000");

    /// <summary>Null, or a cursor of the requested list.</summary>
    public static IRuleBuilderOptions<T, string?> IsCursorOf<T>(
        this IRuleBuilder<T, string?> rule, Func<T, byte> list) => rule
        .Must((request, cursor) => cursor is null || PageCursor.After(cursor, list(request)) is not null)
        .WithMessage("must be a cursor from a page of the same list");

    /// <summary>Sends a page, with a link to the next one if there is more.</summary>
    /// <param name="send">The endpoint's sender.</param>
    /// <param name="items">The items of the page, and one more if there is one.</param>
    /// <param name="limit">The maximum number of items on the page.</param>
    /// <param name="address">The URL of the page with a query, without the cursor.</param>
    /// <param name="cursorOf">The cursor of a page that ends with the item.</param>
    /// <param name="ct">Cancels sending.</param>
    public static Task PageAsync<TItem>(
        this IResponseSender send, TItem[] items, int limit, string address, Func<TItem, PageCursor> cursorOf,
        CancellationToken ct)
    {
        var page = items.Length > limit ? items[..limit] : items;

        return send.PageAsync(page, address, page.Length < items.Length ? cursorOf(page[^1]) : null, ct);
    }

    /// <summary>Sends a page, with a link to the next one if there is a cursor for it.</summary>
    public static Task PageAsync<TItem>(
        this IResponseSender send, TItem[] items, string address, PageCursor? next, CancellationToken ct)
    {
        if (next is { } cursor)
            AddNextPage(send.HttpContext, address, cursor.ToString());

        return send.HttpContext.Response.SendAsync(items, cancellation: ct);
    }

    /// <summary>
    /// Names the next page as a link, and as a cursor that a generated client can send without parsing the
    /// link.
    /// </summary>
    static void AddNextPage(HttpContext context, string address, string cursor)
    {
        var headers = context.Response.Headers;
        headers.Link = $"<{context.Request.PathBase}{address}&cursor={cursor}>; rel=\"next\"";
        headers[CursorHeader] = cursor;
    }
}
