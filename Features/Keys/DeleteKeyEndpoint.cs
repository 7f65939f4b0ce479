using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Http;
using FastEndpoints;
using static Bank.Features.Keys.KeyProblems;

namespace Bank.Features.Keys;

/// <summary>Delete a key</summary>
/// <remarks>
/// The key stops working at once, on every instance, and the streams that were opened with it end.
/// </remarks>
sealed class DeleteKeyEndpoint(DeleteKeyQuery keys, UserChanges changes) : Endpoint<DeleteKeyRequest>
{
    public override void Configure()
    {
        Delete("/auth/keys/{id}");
        Description(slice => slice.WithName("DeleteKey").RequiresPassword()
            .ProducesExample(Status204NoContent).ProducesProblems(KeyNotFound)
            .WithOutcomeHint("GET /auth/keys no longer lists the key if it was deleted."));
    }

    public override async Task HandleAsync(DeleteKeyRequest request, CancellationToken ct)
    {
        if (!await keys.DeleteAsync(request.Id, User.Id(), ct))
        {
            await Send.ProblemAsync(KeyNotFound, ct);
            return;
        }

        changes.AnnounceKeys(User.Username());
        await Send.NoContentAsync(CancellationToken.None);
    }
}
