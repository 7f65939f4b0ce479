using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.OpenApi;
using FastEndpoints;

namespace Bank.Features.Operators;

/// <summary>List users</summary>
/// <remarks>All users, newest first, or those whose names begin with a prefix.</remarks>
sealed class ListUsersEndpoint(ListUsersQuery users) : Endpoint<ListUsersRequest, ListedUserResponse[]>
{
    public override void Configure()
    {
        Get("/users");
        Description(slice => slice.WithName("ListUsers").RequiresOperator()
            .ProducesExample<ListedUserResponse[]>(
                Status200OK, [new ListedUserResponse(1, Example.Username, Example.At(0), null, false)]));
        Summary(slice => slice.Responses[Status200OK] = "A page of users; empty if there are none.");
    }

    public override async Task HandleAsync(ListUsersRequest request, CancellationToken ct)
    {
        var page = await users.ListAsync(request, ct);

        await Send.PageAsync(
            page, request.Limit, request.Address(),
            last => new PageCursor(ListUsersRequest.List, last.Id), ct);
    }
}
