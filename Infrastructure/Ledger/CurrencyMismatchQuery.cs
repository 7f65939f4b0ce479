using Bank.Infrastructure.Data;
using Bank.Infrastructure.Problems;

namespace Bank.Infrastructure.Ledger;

/// <summary>
/// Finds the account for which a command was refused because of its currency. The currency of an account
/// never changes, so it can be read after the refusal, and a replay names the same account.
/// </summary>
sealed class CurrencyMismatchQuery(BankDb db)
{
    const string Sql =
        """
        SELECT id, currency
        FROM accounts
        WHERE id = ANY (@accounts)
        """;

    /// <summary>The problem of each command that was refused for its currency.</summary>
    public async Task<Problem[]> ExplainAsync(MoneyCommand[] refused, CancellationToken ct)
    {
        var accounts = refused.SelectMany(command => command.AccountIds).Distinct().ToArray();
        var found = await db.QueryAsync<AccountCurrency>(Sql, new { accounts }, ct);
        var currencies = found.ToDictionary(account => account.Id, account => account.Currency);

        return Array.ConvertAll(refused, command => command.AccountIds
            .Where(id => currencies.TryGetValue(id, out var code) && code != command.Currency.Code)
            .Select(id => LedgerProblems.CurrencyMismatchOf(id, currencies[id], command.Currency.Code))
            .FirstOrDefault(LedgerProblems.CurrencyMismatch));
    }

    sealed record AccountCurrency(long Id, string? Currency);
}
