using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.OpenApi;
using Bank.Infrastructure.Problems;
using FastEndpoints;
using Microsoft.AspNetCore.Http.Features;

namespace Bank.Features.Users;

/// <summary>Get a user</summary>
/// <remarks>Every user can look up every other user, but not the user's accounts.</remarks>
sealed class GetUserEndpoint(GetUserQuery users) : Endpoint<GetUserRequest, OtherUserResponse>
{
    public override void Configure()
    {
        Get("/users/{username}");
        Description(slice => slice.WithName("GetUser")
            .ProducesExample(Status200OK, new OtherUserResponse(Example.Username, Example.At(0)))
            .ProducesProblems(Problem.UserNotFound));
    }

    public override async Task HandleAsync(GetUserRequest request, CancellationToken ct)
    {
        var user = NormalForm.TryNormalizeUsername(NameInPath(), out var username)
            ? await users.FindAsync(username, ct)
            : null;

        await (user is null
            ? Send.ProblemAsync(Problem.UserNotFound, ct)
            : Send.OkAsync(user, ct));
    }

    /// <summary>
    /// The username exactly as it was sent. The server does not unescape <c>%2F</c> in a path, so the bound
    /// value would be the same for the usernames <c>/</c> and <c>%2F</c>.
    /// </summary>
    string NameInPath()
    {
        var path = HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?')[0];
        return Uri.UnescapeDataString(path.TrimEnd('/').Split('/')[^1]);
    }
}
