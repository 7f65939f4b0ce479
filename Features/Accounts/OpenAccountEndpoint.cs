using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.Problems;
using FastEndpoints;

namespace Bank.Features.Accounts;

/// <summary>Opens an account for the caller.</summary>
/// <remarks>It starts empty. No body is needed.</remarks>
sealed class OpenAccountEndpoint(OpenAccountQuery accounts) : EndpointWithoutRequest<AccountResponse>
{
    public override void Configure()
    {
        Post("/accounts/");
        Description(slice => slice.WithName("OpenAccount").Answers<AccountResponse>(Status201Created));
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        var account = await accounts.AddAsync(User.Id(), ct);

        await (account is null
            ? Send.ProblemAsync(Problem.Unauthorized, ct)
            : Send.CreatedAtAsync("GetAccount", new { account.Id }, account, cancellation: ct));
    }
}
