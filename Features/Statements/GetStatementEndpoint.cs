using System.Globalization;
using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.OpenApi;
using FastEndpoints;
using static Bank.Features.Statements.StatementProblems;
using static Bank.Infrastructure.Ledger.LedgerProblems;

namespace Bank.Features.Statements;

/// <summary>Make a statement</summary>
/// <remarks>
/// All that was posted on one of the caller's accounts in a period, whole and in order, however much it is.
/// What is not over yet is left out, and <c>until</c> says where that begins: a statement from there on opens
/// with the closing balance of this one, whatever is posted meanwhile. An answer that ends without being
/// complete was broken off: ask again. As CSV its first and last rows are the balances, and an apostrophe keeps
/// a reference from being a formula in a spreadsheet; as HTML it is a page to read and to print.
/// </remarks>
sealed class GetStatementEndpoint(GetStatementQuery statements)
    : Endpoint<GetStatementRequest, StatementResponse>
{
    public override void Configure()
    {
        Get("/accounts/{id}/statement");
        Description(slice => slice.WithName("GetStatement")
            .ProducesExample(
                Status200OK,
                new StatementResponse(
                    1, Example.At(1), Example.At(5).AddSeconds(40), 0, 769.50m, 1020.00m, 250.50m,
                    Example.History.ToAsyncEnumerable()))
            .ProducesAlso<StatementResponse>(StatementFormat.Csv.MediaType, StatementCsv.WriteAsync)
            .ProducesAlso<StatementResponse>(StatementFormat.Html.MediaType)
            .ProducesProblems(AccountNotFound, NotAcceptable));
    }

    public override async Task HandleAsync(GetStatementRequest request, CancellationToken ct)
    {
        if (StatementFormat.Of(request, HttpContext.Request) is not { } format)
        {
            await Send.ProblemAsync(NotAcceptable, ct);
            return;
        }

        // However long the statement is: each of the queries that it is read by has a time of its own.
        HttpContext.Features.Get<RequestDeadline>()?.Lift();
        var statement = await statements.FindAsync(request, User.Id(), ct);

        await (statement is null ? Send.ProblemAsync(AccountNotFound, ct)
            : format == StatementFormat.Csv ? SendCsvAsync(statement, ct)
            : format == StatementFormat.Html ? SendHtmlAsync(statement, ct)
            : Send.OkAsync(statement, ct));
    }

    Task SendCsvAsync(StatementResponse statement, CancellationToken ct)
    {
        var (first, last) = (Day(statement.Since), Day(statement.Until));
        var name = $"statement-{statement.AccountId}-{first}-{last}.csv";
        HttpContext.Response.Headers.ContentDisposition = $"attachment; filename=\"{name}\"";

        return StatementCsv.WriteAsync(statement, Begin(StatementFormat.Csv), ct);
    }

    Task SendHtmlAsync(StatementResponse statement, CancellationToken ct)
    {
        HttpContext.Response.Headers.ContentSecurityPolicy = StatementStyle.Policy;
        return StatementHtml.WriteAsync(statement, Begin(StatementFormat.Html), ct);
    }

    /// <summary>Begins an answer that the framework does not write.</summary>
    Stream Begin(StatementFormat format)
    {
        HttpContext.MarkResponseStart();
        HttpContext.Response.ContentType = format.MediaType;
        return HttpContext.Response.Body;
    }

    static string Day(DateTimeOffset time) => time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
