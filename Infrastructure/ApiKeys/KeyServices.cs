using Bank.Infrastructure.Auth;

namespace Bank.Infrastructure.ApiKeys;

/// <summary>Registers the sign-in by key.</summary>
static class KeyServices
{
    public static IServiceCollection AddKeySignIn(this IServiceCollection services) => services
        .AddSingleton<KeyCache>()
        .AddSingleton<IUserCache>(provider => provider.GetRequiredService<KeyCache>())
        .AddSingleton<KeyUses>()
        .AddSingleton<KeySignIn>()
        .AddSingleton(provider =>
        {
            var keys = provider.GetRequiredService<KeySignIn>();
            return new CredentialKind(keys.CheckAsync, keys.IsKnown);
        });
}
