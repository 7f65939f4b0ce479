using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.OpenApi;
using Bank.Infrastructure.Problems;
using FastEndpoints;
using static Bank.Features.Users.UserRefusals;

namespace Bank.Features.Users;

/// <summary>Register a user</summary>
/// <remarks>
/// From then on the user signs in with HTTP Basic. Names are compared in Unicode normal form C.
/// </remarks>
sealed class RegisterUserEndpoint(RegisterUserQuery users, PasswordHashing passwords, RequestLimits limits)
    : Endpoint<RegisterUserRequest, UserResponse>
{
    public override void Configure()
    {
        Post("/auth/register");
        AllowAnonymous();
        Description(slice => slice.WithName("RegisterUser")
            .Answers(Status201Created, new UserResponse(1, Example.Username, Example.At(0)))
            .Refuses(
                UsernameTaken, Problem.TooManyRequests, Problem.Overloaded,
                Problem.DatabaseUnavailable));
        Summary(slice => slice.ExampleRequest = new RegisterUserRequest(Example.Username, Example.Password));
    }

    public override async Task HandleAsync(RegisterUserRequest request, CancellationToken ct)
    {
        limits.Registrations.Count(HttpContext.ClientAddress());
        var username = request.Username.Normalize();
        var user = await users.AddAsync(username, await passwords.HashAsync(request.Password), ct);

        await (user is null
            ? Send.ProblemAsync(UsernameTaken, ct)
            : Send.CreatedAsync($"/users/{Uri.EscapeDataString(username)}", user, ct));
    }
}
