using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.Idempotency;
using Bank.Infrastructure.OpenApi;
using Bank.Infrastructure.Problems;
using FastEndpoints;
using static Bank.Features.Users.UserProblems;

namespace Bank.Features.Users;

/// <summary>Register a user</summary>
/// <remarks>
/// From then on the user signs in with HTTP Basic. Names and passwords are compared in Unicode normal form C.
/// </remarks>
sealed class RegisterUserEndpoint(
    RegisterUserQuery users, FindIdempotencyKeyQuery keys, PasswordHashing passwords, SignIn signIn, RateLimits limits)
    : Endpoint<RegisterUserRequest, UserResponse>
{
    public override void Configure()
    {
        Post("/auth/register");
        AllowAnonymous();
        Description(slice => slice.WithName("RegisterUser")
            .ProducesExample(Status201Created, new UserResponse(1, Example.Username, Example.At(0)))
            .ProducesProblems(
                UsernameTaken, IdempotencyProblems.KeyReused, Problem.TooManyRequests, Problem.Overloaded,
                Problem.DatabaseUnavailable)
            .WithOutcomeHint("GET /auth/me answers 200 to the new name and password if it was made. "
                + IdempotencyRules.SendAgain));
        Summary(slice => slice.ExampleRequest = new RegisterUserRequest(Example.Username, Example.Password));
    }

    public override async Task HandleAsync(RegisterUserRequest request, CancellationToken ct)
    {
        limits.CountRegistration(HttpContext.ClientAddress());
        var username = request.Username.Normalize();
        // Of the password there is no fingerprint: that would be a fast hash of it.
        var key = HttpContext.KeyOf(request with { Username = username, Password = "" }, userId: 0);
        var user = await users.AddAsync(username, await passwords.HashAsync(request.Password).WaitAsync(ct), key, ct)
            ?? await FindFirstAsync(new BasicCredentials(username, request.Password), key, ct);

        await (user is null
            ? Send.ProblemAsync(UsernameTaken, ct)
            : Send.CreatedAsync($"/users/{Uri.EscapeDataString(username)}", user, ct));
    }

    /// <summary>
    /// The user as the first request with the key registered it; null when the name is someone else's. Nobody
    /// is signed in, so the password is the proof. Without it a key that was guessed right costs as much and
    /// tells as little as any other.
    /// </summary>
    async Task<UserResponse?> FindFirstAsync(
        BasicCredentials credentials, IdempotencyKey? key, CancellationToken ct)
    {
        if (key is null
            || await signIn.CheckAsync(credentials, SignInOrigin.Of(HttpContext)).AsTask().WaitAsync(ct)
                is not { } caller
            || await keys.TryFindAsync(key with { UserId = caller.Id }, ct) is not { } first)
            return null;

        HttpContext.NoteRepeat(first.TraceId);
        return new UserResponse(caller.Id, caller.Username, first.CreatedAt);
    }
}
