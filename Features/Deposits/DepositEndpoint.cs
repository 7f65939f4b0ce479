using Bank.Infrastructure.Auth;
using Bank.Infrastructure.GroupCommit;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.OpenApi;
using FastEndpoints;
using static Bank.Infrastructure.Ledger.LedgerProblems;

namespace Bank.Features.Deposits;

/// <summary>Deposit money</summary>
/// <remarks>Pays money from outside of the bank into one of the caller's accounts.</remarks>
sealed class DepositEndpoint(GroupCommitter ledger)
    : Endpoint<DepositRequest, DepositResponse>
{
    public override void Configure()
    {
        Post("/transactions/deposit");
        Description(slice => slice.WithName("Deposit")
            .ProducesExample(
                Status201Created,
                new DepositResponse(Example.TransactionAt(3), 1, 1000.00m, 1000.00m, Example.At(3), "Salary"))
            .ProducesProblems(AccountNotFound, AccountClosed, BalanceLimitExceeded)
            .ProducesPostingProblems());
        Summary(slice => slice.ExampleRequest = new DepositRequest(1, 1000.00m, "Salary"));
    }

    public override async Task HandleAsync(DepositRequest request, CancellationToken ct)
    {
        var command = new DepositCommand(
            User.Id(), request.AccountId, request.Amount!.Value, request.Reference);
        var answer = await ledger.PostAsync(HttpContext, command, request);

        await (answer.IsPosted
            ? Send.CreatedAtAsync(
                "GetTransaction", new { answer.Id },
                new DepositResponse(
                    answer.Id, request.AccountId, command.Amount, answer.Balance, answer.CreatedAt,
                    command.Reference),
                cancellation: ct)
            : Send.ProblemCodeAsync(answer.Outcome, ct));
    }
}
