using Bank.Infrastructure.Http;
using FastEndpoints;

namespace Bank.Features.Users;

/// <summary>Shows another user.</summary>
/// <remarks>Every user may look up every other; accounts are nobody else's business.</remarks>
sealed class GetUserEndpoint(GetUserQuery users) : Endpoint<GetUserRequest, GetUserResponse>
{
    public override void Configure()
    {
        Get("/users/{username}");
        Description(slice => slice.WithName("GetUser").Answers<GetUserResponse>(Status200OK)
            .Refuses(Problem.UserNotFound));
    }

    public override async Task HandleAsync(GetUserRequest request, CancellationToken ct)
    {
        // The server decodes every escape of a path but that of the slash, which a username may contain.
        var username = request.Username.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        var user = await users.FindAsync(username.Normalize(), ct);

        await (user is null
            ? Send.ProblemAsync(Problem.UserNotFound, ct)
            : Send.OkAsync(user, ct));
    }
}
