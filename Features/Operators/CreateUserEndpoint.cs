using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.Problems;
using FastEndpoints;

namespace Bank.Features.Operators;

/// <summary>Create a user</summary>
/// <remarks>
/// The response shows a password once. It is good for one thing: PUT /auth/password, with which the user
/// chooses another one.
/// </remarks>
sealed class CreateUserEndpoint(CreateUserQuery users, SignIn signIn)
    : Endpoint<CreateUserRequest, OneTimePasswordResponse>
{
    public override void Configure()
    {
        Post("/users");
        Description(slice => slice.WithName("CreateUser").RequiresOperator()
            .ProducesExample(
                Status201Created, new OneTimePasswordResponse(2, "grace", OneTimePassword.Shown))
            .ProducesProblems(Problem.UsernameTaken, Problem.Overloaded)
            .WithOutcomeHint("GET /users/{username} returns 200 if the user was created. Nobody has seen its "
                + "password: set another one with POST /users/{username}/password."));
        Summary(slice => slice.ExampleRequest = new CreateUserRequest("grace"));
    }

    public override async Task HandleAsync(CreateUserRequest request, CancellationToken ct)
    {
        var (username, password) = (request.Username.Normalize(), OneTimePassword.Create());
        var hash = await signIn.HashForUserAsync(password, ct);
        var (problem, id) = await users.AddAsync(username, hash, User.Id(), HttpContext.TraceId(), ct);

        await (problem is null
            ? Send.CreatedAsync(
                $"/users/{Uri.EscapeDataString(username)}",
                new OneTimePasswordResponse(id, username, password), CancellationToken.None)
            : Send.ProblemCodeAsync(problem, ct));
    }
}
