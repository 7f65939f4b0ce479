using Bank.Infrastructure.Http;

namespace Bank.Infrastructure.Ledger;

/// <summary>
/// Adds to refusals what depends on the currency, which the query's code alone does not say.
/// </summary>
static class CurrencyRefusals
{
    /// <summary>The results, those that a currency explains with their problem.</summary>
    /// <param name="http">The context of the request.</param>
    /// <param name="commands">The commands.</param>
    /// <param name="results">The result of each of them.</param>
    /// <param name="ct">Ends the reading.</param>
    public static async Task<PostingResult[]> ExplainAsync(
        this HttpContext http, MoneyCommand[] commands, PostingResult[] results, CancellationToken ct)
    {
        var refused = results.Index()
            .Where(one => one.Item.Outcome == LedgerProblems.CurrencyMismatch.Code)
            .Select(one => (one.Index, Command: commands[one.Index].RefusedPart(one.Item.Id))).ToArray();
        var problems = refused.Length == 0 ? [] : await http.WaitForDatabaseAsync(
            () => http.RequestServices.GetRequiredService<CurrencyMismatchQuery>()
                .ExplainAsync(Array.ConvertAll(refused, one => one.Command), ct), ct);

        foreach (var (one, problem) in refused.Zip(problems))
            results[one.Index] = results[one.Index] with { Problem = problem };

        foreach (var (index, result) in results.Index())
        {
            if (result.Outcome == LedgerProblems.BalanceLimitExceeded.Code
                && commands[index].RefusedPart(result.Id).Currency is { Code: not null } currency)
                results[index] = result with { Problem = LedgerProblems.BalanceLimitExceededIn(currency) };
        }

        return results;
    }
}
