using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.Idempotency;
using Bank.Infrastructure.OpenApi;
using Bank.Infrastructure.Problems;
using FastEndpoints;

namespace Bank.Features.Users;

/// <summary>Register a user</summary>
/// <remarks>
/// The user can then sign in with HTTP Basic. Usernames and passwords are compared in Unicode normal form C.
/// </remarks>
sealed class RegisterUserEndpoint(RegisterUserQuery users, SignIn signIn, UserOptions options)
    : Endpoint<RegisterUserRequest, UserResponse>
{
    public override void Configure()
    {
        Post("/auth/register");
        AllowAnonymous();
        Description(slice => slice.WithName("RegisterUser")
            .ProducesExample(Status201Created, new UserResponse(1, Example.Username, Example.At(0)))
            .AcceptsIdempotencyKey()
            .ProducesProblems(
                Problem.UsernameTaken, Problem.TooManyRequests, Problem.Overloaded,
                Problem.DatabaseUnavailable)
            .WithOutcomeHint("GET /auth/me with the new credentials returns 200 if the user was registered. "
                + IdempotencyRules.SendAgain));
        Summary(slice => slice.ExampleRequest = new RegisterUserRequest(Example.Username, Example.Password));
    }

    public override async Task HandleAsync(RegisterUserRequest request, CancellationToken ct)
    {
        if (options.RegistrationBy is Registrar.Operators)
        {
            await Send.ProblemAsync(AccessRules.OperatorsOnly, ct);
            return;
        }

        var credentials = new BasicCredentials(request.Username.Normalize(), request.Password);
        var hashing = signIn.HashForRegistrationAsync(
            credentials.Password, HttpContext.ClientAddress(), ct);
        // The fingerprint must not include the password: SHA-256 is fast, so a stolen fingerprint could be
        // used to guess it.
        var fingerprinted = request with { Username = credentials.Username, Password = "" };
        // The user's id is not known yet; AddAsync stores the key under the new one.
        var key = HttpContext.IdempotencyKey(fingerprinted, userId: 0);
        var user = await users.AddAsync(credentials.Username, await hashing, key, ct)
            ?? await FindReplayAsync(credentials, key, ct);

        await (user is null
            ? Send.ProblemAsync(Problem.UsernameTaken, ct)
            : Send.CreatedAsync(
                $"/users/{Uri.EscapeDataString(user.Username)}", user, CancellationToken.None));
    }

    /// <summary>
    /// The user that the first request with the key registered; null when the username is another user's. The
    /// caller must give the right password, because the request is anonymous. A guessed key without it takes
    /// the same time and gets the same response as an unknown key.
    /// </summary>
    async Task<UserResponse?> FindReplayAsync(
        BasicCredentials credentials, IdempotencyKey? key, CancellationToken ct)
    {
        if (key is null)
            return null;

        // The check continues, too, if the caller disconnects.
        var check = signIn.CheckAsync(credentials, SignInOrigin.FromContext(HttpContext)).AsTask();

        if (await check.WaitAsync(ct) is not { } caller
            || await users.FindFirstAsync(key with { UserId = caller.Id }, ct) is not { } first)
            return null;

        HttpContext.MarkReplayed(first.TraceId);
        return new UserResponse(caller.Id, caller.Username, first.CreatedAt);
    }
}
