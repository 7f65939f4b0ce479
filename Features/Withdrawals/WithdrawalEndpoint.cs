using Bank.Infrastructure.Auth;
using Bank.Infrastructure.GroupCommit;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.OpenApi;
using FastEndpoints;
using static Bank.Infrastructure.Ledger.LedgerProblems;

namespace Bank.Features.Withdrawals;

/// <summary>Withdraw money</summary>
/// <remarks>
/// Pays money out of one of the caller's accounts. What its balance does not cover is refused as a whole.
/// </remarks>
sealed class WithdrawalEndpoint(GroupCommitter ledger)
    : Endpoint<WithdrawalRequest, WithdrawalResponse>
{
    public override void Configure()
    {
        Post("/transactions/withdrawal");
        Description(slice => slice.WithName("Withdraw")
            .ProducesExample(
                Status201Created,
                new WithdrawalResponse(Example.TransactionAt(4), 1, 200.00m, 800.00m, Example.At(4), "Cash"))
            .ProducesProblems(AccountNotFound, AccountClosed, InsufficientFunds)
            .ProducesPostingProblems());
        Summary(slice => slice.ExampleRequest = new WithdrawalRequest(1, 200.00m, "Cash"));
    }

    public override async Task HandleAsync(WithdrawalRequest request, CancellationToken ct)
    {
        var command = new WithdrawalCommand(
            User.Id(), request.AccountId, request.Amount!.Value, request.Reference);
        var answer = await ledger.PostAsync(HttpContext, command, request);

        await (answer.IsPosted
            ? Send.CreatedAtAsync(
                "GetTransaction", new { answer.Id },
                new WithdrawalResponse(
                    answer.Id, request.AccountId, command.Amount, answer.Balance, answer.CreatedAt,
                    command.Reference),
                cancellation: ct)
            : Send.ProblemCodeAsync(answer.Outcome, ct));
    }
}
