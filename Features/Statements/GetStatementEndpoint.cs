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
/// formula in a spreadsheet. HTML is a page to read and to print. Accounting software imports ISO 20022
/// camt.053.001.08 (<c>format=camt</c>) and OFX 2.2 (<c>format=ofx</c>).
/// </remarks>
sealed class GetStatementEndpoint(GetStatementQuery statements)
    : Endpoint<GetStatementRequest, StatementResponse>
{
    public override void Configure()
    {
        Get("/accounts/{id}/statement");
        Description(slice => slice.WithName("GetStatement").ReadableByOperators(OwnedThing.Account)
            .ProducesExample(
                Status200OK,
                new StatementResponse(
                    1, Example.Currency, Example.At(1), Example.At(5).AddSeconds(40), 0.00m, 769.50m,
                    1020.00m, 250.50m, Example.History.ToAsyncEnumerable()))
            .ProducesAlso<StatementResponse>(StatementFormat.Csv.MediaType, StatementCsv.WriteAsync)
            .ProducesAlso<StatementResponse>(StatementFormat.Html.MediaType)
            .ProducesAlso<StatementResponse>(StatementFormat.Camt.MediaType)
            .ProducesAlso<StatementResponse>(StatementFormat.Ofx.MediaType)
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
            : format.WriteAsync is { } writeAsync ? writeAsync(statement, Start(statement, format), ct)
            : Send.OkAsync(statement, ct));
    }

    /// <summary>Starts a response that is not written by the framework.</summary>
    Stream Start(StatementResponse statement, StatementFormat format)
    {
        var response = HttpContext.Response;
        var (first, last) = (Day(statement.Since), Day(statement.Until));
        HttpContext.MarkResponseStart();
        response.ContentType = format.MediaType;

        if (format.Extension is { } extension)
            response.Headers.ContentDisposition =
                $"attachment; filename=\"statement-{statement.AccountId}-{first}-{last}.{extension}\"";

        if (format == StatementFormat.Html)
            response.Headers.ContentSecurityPolicy = StatementStyle.Policy;

        return response.Body;
    }

    static string Day(DateTimeOffset time) => time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
