using Bank.Infrastructure.Idempotency;

namespace Bank.Features.Accounts;

/// <summary>What became of a wish for an account.</summary>
/// <param name="Outcome"><c>opened</c>, or the code of the refusal.</param>
/// <param name="AccountId">The id of the account, if it was opened.</param>
/// <param name="CreatedAt">When it was opened, if it was.</param>
/// <param name="IsRepeat">Whether the key was claimed before, so that the first answer is due.</param>
/// <param name="FirstTraceId">For a repeat: the trace id that the first answer named.</param>
sealed record AccountOpening(
    string Outcome, long? AccountId, DateTimeOffset CreatedAt, bool IsRepeat, string? FirstTraceId = null)
{
    /// <summary>The account as it was when it was opened; null when it was refused.</summary>
    public AccountResponse? Account =>
        AccountId is { } id
            ? new AccountResponse(id, Balance: 0.00m, Available: 0.00m, CreatedAt, ClosedAt: null)
            : null;

    /// <summary>What became of the first request with a key.</summary>
    public static AccountOpening Repeat(IdempotencyRecord first) =>
        new(first.Outcome, first.AccountId, first.CreatedAt, IsRepeat: true, first.TraceId);
}
