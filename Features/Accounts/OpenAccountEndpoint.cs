using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.OpenApi;
using Bank.Infrastructure.Problems;
using FastEndpoints;

namespace Bank.Features.Accounts;

/// <summary>Open an account</summary>
/// <remarks>It is the caller's and starts empty. No body is needed.</remarks>
sealed class OpenAccountEndpoint(OpenAccountQuery accounts) : EndpointWithoutRequest<AccountResponse>
{
    public override void Configure()
    {
        Post("/accounts/");
        Description(slice => slice.WithName("OpenAccount").Answers(
            Status201Created,
            new AccountResponse(1, 0, Example.At(1), null), new AccountResponse(2, 0, Example.At(2), null)));
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        var account = await accounts.AddAsync(User.Id(), ct);

        await (account is null
            ? Send.ProblemAsync(Problem.Unauthorized, ct)
            : Send.CreatedAtAsync("GetAccount", new { account.Id }, account, cancellation: ct));
    }
}
