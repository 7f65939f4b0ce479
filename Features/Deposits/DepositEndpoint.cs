using Bank.Infrastructure.Auth;
using Bank.Infrastructure.GroupCommit;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.Ledger;
using Bank.Infrastructure.OpenApi;
using FastEndpoints;
using static Bank.Infrastructure.Ledger.LedgerProblems;

namespace Bank.Features.Deposits;

/// <summary>Deposit money</summary>
/// <remarks>Pays money from outside the bank into one of the caller's accounts.</remarks>
sealed class DepositEndpoint(GroupCommitter ledger) : Endpoint<DepositRequest, Transaction>
{
    public override void Configure()
    {
        Post("/transactions/deposit");
        Description(slice => slice.WithName("Deposit")
            .ProducesExample(Status201Created, Example.Deposit)
            .ProducesProblems(AccountNotFound, AccountClosed, CurrencyMismatch, BalanceLimitExceeded)
            .ProducesPostingProblems());
        Summary(slice => slice.ExampleRequest = new DepositRequest(1, 1000.00m, "Salary", Example.Currency));
    }

    public override Task HandleAsync(DepositRequest request, CancellationToken ct) =>
        Send.PostAndSendAsync(ledger, DepositQuery.Command(User.Id(), request), fingerprintOf: request, ct);
}
