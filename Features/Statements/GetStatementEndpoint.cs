using System.Globalization;
using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.OpenApi;
using FastEndpoints;
using static Bank.Features.Statements.StatementProblems;
using static Bank.Infrastructure.Ledger.LedgerProblems;

namespace Bank.Features.Statements;

/// <summary>Get a statement</summary>
/// <remarks>
/// All transactions of one of the caller's accounts in a period, complete and in order. The period ends at
/// the last settled moment at the latest, given as <c>until</c>: a statement that begins there opens with
/// this one's closing balance, whatever is posted meanwhile. If the response ends early, repeat the request.
/// In CSV the first and last rows are the balances, and an apostrophe keeps a reference from becoming a
/// formula in a spreadsheet. HTML is a page to read and to print.
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
        if (StatementFormat.From(request, HttpContext.Request) is not { } format)
        {
            await Send.ProblemAsync(NotAcceptable, ct);
            return;
        }

        // A statement may be of any length; each query that reads it has its own timeout.
        HttpContext.DisableTimeout();
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

        return StatementCsv.WriteAsync(statement, Start(StatementFormat.Csv), ct);
    }

    Task SendHtmlAsync(StatementResponse statement, CancellationToken ct)
    {
        HttpContext.Response.Headers.ContentSecurityPolicy = StatementStyle.Policy;
        return StatementHtml.WriteAsync(statement, Start(StatementFormat.Html), ct);
    }

    /// <summary>Starts a response that is not written by the framework.</summary>
    Stream Start(StatementFormat format)
    {
        HttpContext.MarkResponseStart();
        HttpContext.Response.ContentType = format.MediaType;
        return HttpContext.Response.Body;
    }

    static string Day(DateTimeOffset time) => time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
