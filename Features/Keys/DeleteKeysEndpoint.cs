using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Http;
using FastEndpoints;

namespace Bank.Features.Keys;

/// <summary>Delete all keys</summary>
/// <remarks>
/// The current user's keys stop working at once, on every instance. The password stays in effect.
/// </remarks>
sealed class DeleteKeysEndpoint(DeleteKeysQuery keys, UserChanges changes) : EndpointWithoutRequest
{
    public override void Configure()
    {
        Delete("/auth/keys");
        Description(slice => slice.WithName("DeleteKeys").RequiresPassword()
            .ProducesExample(Status204NoContent)
            .WithOutcomeHint("GET /auth/keys lists no keys if they were deleted."));
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        await keys.DeleteAsync(User.Id(), ct);
        changes.AnnounceKeys(User.Username());
        await Send.NoContentAsync(CancellationToken.None);
    }
}
