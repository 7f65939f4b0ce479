using Bank.Infrastructure.Auth;
using Bank.Infrastructure.GroupCommit;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.OpenApi;
using FastEndpoints;
using static Bank.Features.Refunds.RefundProblems;
using static Bank.Infrastructure.Ledger.LedgerProblems;

namespace Bank.Features.Refunds;

/// <summary>Send money back</summary>
/// <remarks>
/// Sends what a transfer or a captured hold brought, or a part of it, back to the account that paid. Whoever
/// received it asks, as often as something is left.
/// </remarks>
sealed class RefundEndpoint(GroupCommitter ledger, GetOriginalQuery originals, InDoubtQuery inDoubt)
    : Endpoint<RefundRequest, RefundResponse>
{
    public override void Configure()
    {
        Post("/transactions/{id}/refund");
        Description(slice => slice.WithName("Refund")
            .ProducesExample(
                Status201Created,
                new RefundResponse(
                    Example.TransactionAt(9), 2, 1, 4.50m, 66.00m, Example.At(9), "No dessert",
                    Example.TransactionAt(5)))
            .ProducesProblems(
                TransactionNotFound, NotRefundable, AccountClosed, RefundExceedsRest, InsufficientFunds,
                BalanceLimitExceeded)
            .ProducesPostingProblems());
        Summary(slice => slice.ExampleRequest =
            new RefundRequest(Example.TransactionAt(5), 4.50m, "No dessert"));
    }

    public override async Task HandleAsync(RefundRequest request, CancellationToken ct)
    {
        // What a transaction is between never changes; what is left of it is for the statement to decide.
        if (await originals.FindAsync(request.Id, User.Id(), ct) is { } original)
            await PostAsync(request, original, ct);
        else
            await Send.ProblemAsync(
                await inDoubt.IsInDoubtAsync(request.Id, ct) ? OutcomeUnknown(request.Id) : TransactionNotFound,
                ct);
    }

    async Task PostAsync(RefundRequest request, RefundOriginal original, CancellationToken ct)
    {
        var (id, payer, payee) = original;
        var command = new RefundCommand(User.Id(), id, payee, payer, request.Amount, request.Reference);
        var answer = await ledger.PostAsync(HttpContext, command, request);

        await (answer.IsPosted
            ? Send.CreatedAtAsync(
                "GetTransaction", new { answer.Id },
                new RefundResponse(
                    answer.Id, payee!.Value, payer!.Value, answer.Amount!.Value, answer.Balance,
                    answer.CreatedAt, command.Reference, id),
                cancellation: ct)
            : Send.ProblemCodeAsync(answer.Outcome, ct));
    }
}
