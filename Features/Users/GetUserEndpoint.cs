using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.OpenApi;
using FastEndpoints;
using Microsoft.AspNetCore.Http.Features;
using static Bank.Features.Users.UserProblems;

namespace Bank.Features.Users;

/// <summary>Show a user</summary>
/// <remarks>Every user may look up every other; accounts are nobody else's business.</remarks>
sealed class GetUserEndpoint(GetUserQuery users) : Endpoint<GetUserRequest, OtherUserResponse>
{
    public override void Configure()
    {
        Get("/users/{username}");
        Description(slice => slice.WithName("GetUser")
            .ProducesExample(Status200OK, new OtherUserResponse(Example.Username, Example.At(0)))
            .ProducesProblems(UserNotFound));
    }

    public override async Task HandleAsync(GetUserRequest request, CancellationToken ct)
    {
        var user = NormalForm.TryOfUsername(NameInPath(), out var username)
            ? await users.FindAsync(username, ct)
            : null;

        await (user is null
            ? Send.ProblemAsync(UserNotFound, ct)
            : Send.OkAsync(user, ct));
    }

    /// <summary>
    /// The name as it was sent. The server leaves an escaped slash in a path as it is, so that in the bound
    /// value it could not be told from an escaped percent sign.
    /// </summary>
    string NameInPath()
    {
        var path = HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?')[0];
        return Uri.UnescapeDataString(path.TrimEnd('/').Split('/')[^1]);
    }
}
