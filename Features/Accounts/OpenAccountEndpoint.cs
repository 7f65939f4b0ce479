using System.Net.Mime;
using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.Idempotency;
using Bank.Infrastructure.OpenApi;
using Bank.Infrastructure.Problems;
using FastEndpoints;
using static Bank.Features.Accounts.AccountProblems;

namespace Bank.Features.Accounts;

/// <summary>Open an account</summary>
/// <remarks>
/// It belongs to the current user and starts with a balance of 0. No body is needed. An account with a
/// currency has amounts in that currency alone, with exactly its decimals.
/// </remarks>
sealed class OpenAccountEndpoint(OpenAccountQuery accounts) : Endpoint<OpenAccountRequest, AccountResponse>
{
    public override void Configure()
    {
        Post("/accounts/");
        // A body of another type is ignored, as it was before there was one.
        Description(slice => slice.WithName("OpenAccount")
            .Accepts<OpenAccountRequest>(MediaTypeNames.Application.Json, "*/*")
            .ProducesExample(
                Status201Created,
                new AccountResponse(
                    1, Example.Currency, 0.00m, 0.00m, Example.At(1), null, Example.AccountName),
                new AccountResponse(
                    2, Example.Currency, 0.00m, 0.00m, Example.At(2), null, Example.AccountName))
            .AcceptsIdempotencyKey()
            .ProducesProblems(AccountLimitReached)
            .WithOutcomeHint("GET /accounts/ lists the newest account first. " + IdempotencyRules.SendAgain));
        Summary(slice =>
            slice.ExampleRequest = new OpenAccountRequest(Example.AccountName, Example.Currency));
    }

    public override async Task HandleAsync(OpenAccountRequest request, CancellationToken ct)
    {
        var key = HttpContext.IdempotencyKey(request, User.Id());
        var opening = await accounts.OpenAsync(request, User.Id(), key, ct);
        HttpContext.MarkReplayed(opening?.OriginalTraceId);

        await (opening is null ? Send.ProblemAsync(Problem.Unauthorized, ct)
            : opening.Account is { } account
                ? Send.CreatedAsync($"/accounts/{account.Id}", account, CancellationToken.None)
            : Send.ProblemCodeAsync(opening.Outcome, ct));
    }
}
