using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.Idempotency;
using Bank.Infrastructure.OpenApi;
using Bank.Infrastructure.Problems;
using FastEndpoints;
using static Bank.Features.Accounts.AccountProblems;

namespace Bank.Features.Accounts;

/// <summary>Open an account</summary>
/// <remarks>It belongs to the current user and starts with a balance of 0. No body is needed.</remarks>
sealed class OpenAccountEndpoint(OpenAccountQuery accounts) : EndpointWithoutRequest<AccountResponse>
{
    public override void Configure()
    {
        Post("/accounts/");
        Description(slice => slice.WithName("OpenAccount")
            .ProducesExample(
                Status201Created,
                new AccountResponse(1, 0, 0, Example.At(1), null),
                new AccountResponse(2, 0, 0, Example.At(2), null))
            .AcceptsIdempotencyKey()
            .ProducesProblems(AccountLimitReached)
            .WithOutcomeHint("GET /accounts/ lists the newest account first. " + IdempotencyRules.SendAgain));
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        var opening = await accounts.OpenAsync(User.Id(), HttpContext.IdempotencyKey(new { }, User.Id()), ct);
        HttpContext.MarkReplayed(opening?.OriginalTraceId);

        await (opening is null ? Send.ProblemAsync(Problem.Unauthorized, ct)
            : opening.Account is { } account
                ? Send.CreatedAsync($"/accounts/{account.Id}", account, CancellationToken.None)
            : Send.ProblemCodeAsync(opening.Outcome, ct));
    }
}
