using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.OpenApi;
using FastEndpoints;

namespace Bank.Features.Keys;

/// <summary>List keys</summary>
/// <remarks>
/// The current user's keys, newest first, without their secret texts. An expired key stays in the list until
/// its place is needed.
/// </remarks>
sealed class ListKeysEndpoint(ListKeysQuery keys) : EndpointWithoutRequest<KeyResponse[]>
{
    public override void Configure()
    {
        Get("/auth/keys");
        Description(slice => slice.WithName("ListKeys").RequiresPassword()
            .ProducesExample<KeyResponse[]>(
                Status200OK,
                [new KeyResponse(1, "Nightly export", "read", Example.At(24 * 60 + 0.5), Example.At(0.5))]));
    }

    public override async Task HandleAsync(CancellationToken ct) =>
        await Send.OkAsync(await keys.ListAsync(User.Id(), ct), ct);
}
