using Bank.Infrastructure.Auth;
using Bank.Infrastructure.GroupCommit;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.Ledger;
using Bank.Infrastructure.OpenApi;
using FastEndpoints;
using static Bank.Features.Refunds.RefundProblems;
using static Bank.Infrastructure.Ledger.LedgerProblems;

namespace Bank.Features.Refunds;

/// <summary>Refund a transaction</summary>
/// <remarks>
/// Sends the amount of a transfer or of a captured hold, or a part of it, back to the payer. Only the payee
/// may refund, as often as something is left.
/// </remarks>
sealed class RefundEndpoint(GroupCommitter ledger, GetOriginalQuery originals, InDoubtQuery inDoubt)
    : Endpoint<RefundRequest, Transaction>
{
    public override void Configure()
    {
        Post("/transactions/{id}/refund");
        Description(slice => slice.WithName("Refund")
            .ProducesExample(Status201Created, Example.Refund)
            .ProducesProblems(
                TransactionNotFound, NotRefundable, AccountClosed, CurrencyMismatch, RefundExceedsRest,
                InsufficientFunds, BalanceLimitExceeded)
            .ProducesPostingProblems());
        Summary(slice => slice.ExampleRequest =
            new RefundRequest(Example.TransactionAt(5), 4.50m, "No dessert", Example.Currency));
    }

    public override async Task HandleAsync(RefundRequest request, CancellationToken ct)
    {
        // The accounts of a transaction never change; how much of it is left is for the query to decide.
        var original = await HttpContext.WaitForDatabaseAsync(
            () => originals.FindAsync(request.Id, User.Id(), ct), ct);

        await (original is not null
            ? Send.PostAndSendAsync(
                ledger, RefundQuery.Command(User.Id(), original, request), fingerprintOf: request, ct)
            : Send.ProblemAsync(
                await inDoubt.IsInDoubtAsync(request.Id, ct)
                    ? OutcomeUnknown(request.Id)
                    : TransactionNotFound,
                ct));
    }
}
