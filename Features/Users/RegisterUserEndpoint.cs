using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Http;
using FastEndpoints;

namespace Bank.Features.Users;

/// <summary>Registers a user.</summary>
sealed class RegisterUserEndpoint(RegisterUserQuery users, PasswordHashing passwords, RequestLimits limits)
    : Endpoint<RegisterUserRequest, UserResponse>
{
    public override void Configure()
    {
        Post("/auth/register");
        AllowAnonymous();
        Description(slice => slice.WithName("RegisterUser").Answers<UserResponse>(Status201Created)
            .Refuses(Problem.UsernameTaken));
        Summary(slice => slice.ExampleRequest = new RegisterUserRequest("ada", "correct horse battery staple"));
    }

    public override async Task HandleAsync(RegisterUserRequest request, CancellationToken ct)
    {
        limits.Registrations.Count(HttpContext.ClientAddress());
        var username = request.Username.Normalize();
        var user = await users.AddAsync(username, await passwords.HashAsync(request.Password), ct);

        await (user is null
            ? Send.ProblemAsync(Problem.UsernameTaken, ct)
            : Send.CreatedAsync($"/users/{Uri.EscapeDataString(username)}", user, ct));
    }
}
