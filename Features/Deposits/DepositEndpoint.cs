using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.Ledger;
using FastEndpoints;
using static Bank.Infrastructure.Ledger.LedgerRefusals;

namespace Bank.Features.Deposits;

/// <summary>Pays money from outside into one of the caller's accounts.</summary>
/// <remarks>The money comes from outside of the bank; the account is one of the caller's.</remarks>
sealed class DepositEndpoint(GroupCommit ledger)
    : Endpoint<DepositRequest, DepositResponse>
{
    public override void Configure()
    {
        Post("/transactions/deposit");
        Description(slice => slice.WithName("Deposit").Answers<DepositResponse>(Status201Created)
            .Refuses(AccountNotFound, AccountClosed, BalanceLimitExceeded)
            .PostsMoney());
        Summary(slice => slice.ExampleRequest = new DepositRequest(1, 1000.00m));
    }

    public override async Task HandleAsync(DepositRequest request, CancellationToken ct)
    {
        var command = new DepositCommand(User.Id(), request.AccountId, request.Amount!.Value);
        var answer = await ledger.PostAsync(HttpContext, command, request);

        await (answer.IsPosted
            ? Send.CreatedAtAsync(
                "GetTransaction", new { answer.Id },
                new DepositResponse(
                    answer.Id, request.AccountId, command.Amount, answer.Balance, answer.CreatedAt),
                cancellation: ct)
            : Send.RefusalAsync(answer.Outcome, ct));
    }
}
