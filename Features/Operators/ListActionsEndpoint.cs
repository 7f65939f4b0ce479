using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.OpenApi;
using FastEndpoints;

namespace Bank.Features.Operators;

/// <summary>List what operators did</summary>
/// <remarks>Newest first. The record only grows: nobody can change it, and nobody deletes from it.</remarks>
sealed class ListActionsEndpoint(ListActionsQuery actions)
    : Endpoint<ListActionsRequest, OperatorActionResponse[]>
{
    public override void Configure()
    {
        Get("/operator/actions");
        Description(slice => slice.WithName("ListActions").RequiresOperator()
            .ProducesExample<OperatorActionResponse[]>(
                Status200OK,
                [
                    new OperatorActionResponse(
                        1, "block_user", "grace", Example.Username, "Stolen password",
                        "4bf92f3577b34da6a3ce929d0e0e4736", Example.At(0)),
                ]));
        Summary(slice => slice.Responses[Status200OK] = "A page of actions; empty if there are none.");
    }

    public override async Task HandleAsync(ListActionsRequest request, CancellationToken ct)
    {
        var page = await actions.ListAsync(request, ct);

        await Send.PageAsync(
            page, request.Limit, request.Address(), last => new PageCursor(ListActionsRequest.List, last.Id),
            ct);
    }
}
