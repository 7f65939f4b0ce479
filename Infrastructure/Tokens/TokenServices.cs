using Bank.Infrastructure.Configuration;

namespace Bank.Infrastructure.Tokens;

/// <summary>Registers the verification of access tokens. Without an authority it does nothing.</summary>
static class TokenServices
{
    public static IServiceCollection AddTokens(this IServiceCollection services) => services
        .AddSettings<TokenOptions>()
        .AddSingleton<Authority>()
        .AddHostedService(provider => provider.GetRequiredService<Authority>())
        .AddSingleton<TokenVerifier>()
        .AddSingleton<TokenUserQuery>();
}
