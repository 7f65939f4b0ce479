using Bank.Infrastructure.Auth;
using Bank.Infrastructure.GroupCommit;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.Ledger;
using Bank.Infrastructure.OpenApi;
using FastEndpoints;

namespace Bank.Features.Transfers;

/// <summary>Transfer money</summary>
/// <remarks>
/// Moves money from one of the caller's accounts to any other account: both balances change, or neither does.
/// `balance` in the response is the payer's.
/// </remarks>
sealed class TransferEndpoint(GroupCommitter ledger) : Endpoint<TransferRequest, Transaction>
{
    public override void Configure()
    {
        Post("/transactions/transfer");
        Description(slice => slice.WithName("Transfer")
            .ProducesExample(Status201Created, Example.Transfer)
            .ProducesProblems(TransferProblems.All)
            .ProducesPostingProblems());
        Summary(slice => slice.ExampleRequest = new TransferRequest(1, 2, 10.50m, "Lunch", Example.Currency));
    }

    public override Task HandleAsync(TransferRequest request, CancellationToken ct) =>
        Send.PostAndSendAsync(ledger, TransferQuery.Command(User.Id(), request), fingerprintOf: request, ct);
}
