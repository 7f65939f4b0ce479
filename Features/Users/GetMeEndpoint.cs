using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.OpenApi;
using Bank.Infrastructure.Problems;
using FastEndpoints;

namespace Bank.Features.Users;

/// <summary>Get the current user</summary>
/// <remarks>Use it to check a username and a password.</remarks>
sealed class GetMeEndpoint(GetMeQuery users) : EndpointWithoutRequest<UserResponse>
{
    public override void Configure()
    {
        Get("/auth/me");
        Description(slice => slice.WithName("GetMe")
            .ProducesExample(Status200OK, new UserResponse(1, Example.Username, Example.At(0))));
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        var user = await users.FindAsync(User.Id(), ct);

        await (user is null
            ? Send.ProblemAsync(Problem.Unauthorized, ct)
            : Send.OkAsync(user, ct));
    }
}
