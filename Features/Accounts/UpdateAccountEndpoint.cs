using System.Net.Mime;
using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.OpenApi;
using FastEndpoints;
using static Bank.Infrastructure.Ledger.LedgerProblems;

namespace Bank.Features.Accounts;

/// <summary>Update an account</summary>
/// <remarks>
/// Names the account, or removes its name with <c>null</c>. The body is a merge patch (RFC 7396): a member
/// that it leaves out stays as it is. A closed account can be named too.
/// </remarks>
sealed class UpdateAccountEndpoint(UpdateAccountQuery changes, GetAccountQuery accounts)
    : Endpoint<UpdateAccountRequest, AccountResponse>
{
    const string Renamed = "Household of two";

    public override void Configure()
    {
        Patch("/accounts/{id}");
        Description(slice => slice.WithName("UpdateAccount")
            .Accepts<UpdateAccountRequest>(MediaTypeNames.Application.Json, "application/merge-patch+json")
            .ProducesExample(
                Status200OK,
                new AccountResponse(1, Example.Currency, 0.00m, 0.00m, Example.At(1), null, Renamed))
            .ProducesProblems(AccountNotFound)
            .WithOutcomeHint("It is safe to send the request again."));
        Summary(slice => slice.ExampleRequest = new UpdateAccountRequest(1) { Name = Renamed });
    }

    public override async Task HandleAsync(UpdateAccountRequest request, CancellationToken ct)
    {
        if (request.HasName)
            await changes.UpdateAsync(request.Id, User.Id(), request.Name, ct);

        var account = await accounts.FindAsync(request.Id, User.Id(), ct);

        await (account is null
            ? Send.ProblemAsync(AccountNotFound, ct)
            : Send.OkAsync(account, ct));
    }
}
