using Bank.Infrastructure.Auth;
using Bank.Infrastructure.GroupCommit;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.Ledger;
using Bank.Infrastructure.OpenApi;
using FastEndpoints;
using static Bank.Infrastructure.Ledger.LedgerProblems;

namespace Bank.Features.Withdrawals;

/// <summary>Withdraw money</summary>
/// <remarks>
/// Pays money out of one of the caller's accounts. A withdrawal larger than the available balance is refused.
/// </remarks>
sealed class WithdrawalEndpoint(GroupCommitter ledger) : Endpoint<WithdrawalRequest, Transaction>
{
    public override void Configure()
    {
        Post("/transactions/withdrawal");
        Description(slice => slice.WithName("Withdraw")
            .ProducesExample(Status201Created, Example.Withdrawal)
            .ProducesProblems(AccountNotFound, AccountClosed, CurrencyMismatch, InsufficientFunds)
            .ProducesPostingProblems());
        Summary(slice => slice.ExampleRequest = new WithdrawalRequest(1, 200.00m, "Cash", Example.Currency));
    }

    public override Task HandleAsync(WithdrawalRequest request, CancellationToken ct) =>
        Send.PostAndSendAsync(
            ledger, WithdrawalQuery.Command(User.Id(), request), fingerprintOf: request, ct);
}
