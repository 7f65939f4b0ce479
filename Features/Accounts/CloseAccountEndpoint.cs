using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.Problems;
using FastEndpoints;
using static Bank.Features.Accounts.AccountRefusals;

namespace Bank.Features.Accounts;

/// <summary>Closes one of the caller's accounts, which keeps its history but takes no more money.</summary>
/// <remarks>Its balance must be 0. What was posted stays in the ledger.</remarks>
sealed class CloseAccountEndpoint(CloseAccountQuery accounts) : Endpoint<CloseAccountRequest>
{
    public override void Configure()
    {
        Delete("/accounts/{id}");
        Description(slice => slice.WithName("CloseAccount").Answers(Status204NoContent)
            .Refuses(Problem.AccountNotFound, AccountNotEmpty));
    }

    public override async Task HandleAsync(CloseAccountRequest request, CancellationToken ct) =>
        await (await accounts.CloseAsync(request.Id, User.Id(), ct) switch
        {
            CloseAccountOutcome.Closed => Send.NoContentAsync(ct),
            CloseAccountOutcome.AccountNotFound => Send.ProblemAsync(Problem.AccountNotFound, ct),
            CloseAccountOutcome.AccountNotEmpty => Send.ProblemAsync(AccountNotEmpty, ct),
        });
}
