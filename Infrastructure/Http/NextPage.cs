namespace Bank.Infrastructure.Http;

/// <summary>Tells who reads a page where the next one is.</summary>
static class NextPage
{
    /// <summary>The header that has the next page's cursor and nothing else.</summary>
    public const string CursorHeader = "Next-Cursor";

    /// <summary>
    /// Names the next page twice: as a link (RFC 8288) for those who follow links, and as the cursor that a
    /// generated client can send with its next request without taking an address apart.
    /// </summary>
    /// <param name="http">The request that was for this page.</param>
    /// <param name="address">The address of the page but for its cursor, with a query.</param>
    /// <param name="cursor">Where this page ended.</param>
    public static void AddNextPage(this HttpContext http, string address, string cursor)
    {
        http.Response.Headers.Link = $"<{address}&cursor={cursor}>; rel=\"next\"";
        http.Response.Headers[CursorHeader] = cursor;
    }
}
