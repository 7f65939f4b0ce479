using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.OpenApi;
using FastEndpoints;
using static Bank.Features.Keys.KeyProblems;

namespace Bank.Features.Keys;

/// <summary>Create a key</summary>
/// <remarks>
/// A program signs in with it in place of the password: as the password of HTTP Basic, or as a Bearer token.
/// The response shows the key once; only its hash is stored. A change of the password leaves it in effect.
/// </remarks>
sealed class CreateKeyEndpoint(CreateKeyQuery keys) : Endpoint<CreateKeyRequest, NewKeyResponse>
{
    static readonly CreateKeyRequest Shown = new("Nightly export", "read", 86_400);

    public override void Configure()
    {
        Post("/auth/keys");
        Description(slice => slice.WithName("CreateKey").RequiresPassword()
            .ProducesExample(Status201Created, new NewKeyResponse(
                1, Shown.Name, Shown.Scope!, Example.Key, Example.At(24 * 60 + 0.5), Example.At(0.5)))
            .ProducesProblems(KeyLimitReached)
            .WithOutcomeHint("GET /auth/keys lists the key if it was made. Nobody has seen it: delete it and "
                + "make another."));
        Summary(slice => slice.ExampleRequest = Shown);
    }

    public override async Task HandleAsync(CreateKeyRequest request, CancellationToken ct)
    {
        var key = KeyText.Create();
        var created = await keys.CreateAsync(User.Id(), request, KeyText.HashOf(key), ct);

        await (created is null
            ? Send.ProblemAsync(KeyLimitReached, ct)
            : Send.CreatedAsync(
                $"/auth/keys/{created.Id}",
                new NewKeyResponse(
                    created.Id, created.Name, created.Scope, key, created.ExpiresAt, created.CreatedAt),
                CancellationToken.None));
    }
}
