using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.Ledger;
using Bank.Infrastructure.Problems;
using FastEndpoints;
using static Bank.Features.Withdrawals.WithdrawalOutcome;

namespace Bank.Features.Withdrawals;

/// <summary>Pays money out of one of the caller's accounts.</summary>
/// <remarks>The balance never goes below 0: what it does not cover is refused as a whole.</remarks>
sealed class WithdrawalEndpoint(GroupCommit<WithdrawalCommand, WithdrawalOutcome> withdrawals)
    : Endpoint<WithdrawalRequest, WithdrawalResponse>
{
    public override void Configure()
    {
        Post("/transactions/withdrawal");
        Description(slice => slice.WithName("Withdraw").Answers<WithdrawalResponse>(Status201Created)
            .Refuses(Problem.AccountNotFound, Problem.AccountClosed, Problem.InsufficientFunds)
            .PostsMoney());
        Summary(slice => slice.ExampleRequest = new WithdrawalRequest(1, 100.25m));
    }

    public override async Task HandleAsync(WithdrawalRequest request, CancellationToken ct)
    {
        var command = new WithdrawalCommand(User.Id(), request.AccountId, request.Amount);
        var answer = await HttpContext.PostAsync(withdrawals, command, request);

        await (answer.Outcome switch
        {
            Posted => Send.CreatedAsync(
                $"/transactions/{answer.Id}",
                new WithdrawalResponse(
                    answer.Id, request.AccountId, request.Amount, answer.Balance, answer.CreatedAt),
                ct),
            AccountNotFound => Send.ProblemAsync(Problem.AccountNotFound, ct),
            AccountClosed => Send.ProblemAsync(Problem.AccountClosed, ct),
            InsufficientFunds => Send.ProblemAsync(Problem.InsufficientFunds, ct),
        });
    }
}
