using Bank.Infrastructure.Ledger;

namespace Bank.Features.History;

/// <summary>What transactions must have in common to be found.</summary>
/// <param name="Reference">Only transactions with exactly this reference; null for any.</param>
/// <param name="MinAmount">Only amounts of at least this; null for any.</param>
/// <param name="MaxAmount">Only amounts of at most this; null for any.</param>
/// <param name="Counterparty">Only transactions with this other account; null for any.</param>
sealed record HistorySearch(string? Reference, decimal? MinAmount, decimal? MaxAmount, long? Counterparty);

/// <summary>A page of found transactions.</summary>
/// <param name="Items">The transactions.</param>
/// <param name="Last">The sequence after which the next page begins; null if there is none.</param>
sealed record HistoryFindings(Transaction[] Items, long? Last);
