using Bank.Infrastructure.Data;
using Bank.Infrastructure.Idempotency;

namespace Bank.Features.Accounts;

/// <summary>The result of opening an account.</summary>
/// <param name="Outcome"><c>opened</c>, or the code of the problem.</param>
/// <param name="AccountId">The id of the account, if it was opened.</param>
/// <param name="Currency">The currency of the account; null without one.</param>
/// <param name="CreatedAt">When the account was opened or refused.</param>
/// <param name="IsReplay">Whether the key was claimed before, so that the first result is due.</param>
/// <param name="OriginalTraceId">For a replay: the trace id of the first response.</param>
/// <param name="Name">The name that the account was opened with.</param>
sealed record AccountOpening(
    string Outcome, long? AccountId, string? Currency, DateTimeOffset CreatedAt, bool IsReplay,
    string? OriginalTraceId = null, string? Name = null)
{
    /// <summary>The account as it was when it was opened; null when it was refused.</summary>
    public AccountResponse? Account =>
        AccountId is { } id
            ? new AccountResponse(
                id, Currency, Balance: Zero, Available: Zero, CreatedAt, ClosedAt: null, Name)
            : null;

    decimal Zero => Currencies.From(Currency).FromMinorUnits(0);

    /// <summary>The result of the first request with the key, which named the account alike.</summary>
    public static AccountOpening FromRecord(IdempotencyRecord first, string? currency, string? name) =>
        new(first.Outcome, first.AccountId, currency, first.CreatedAt, IsReplay: true, first.TraceId, name);
}
