using Bank.Infrastructure.Configuration;

namespace Bank.Infrastructure.Auth;

/// <summary>Registers authentication, the limits on requests and the storage of passwords.</summary>
static class AuthServices
{
    public static IServiceCollection AddAuth(this IServiceCollection services) => services
        .AddSettings<PasswordOptions>()
        .AddSettings<RateLimitOptions>()
        .AddSingleton(TimeProvider.System)
        .AddSingleton<BcryptThreads>()
        .AddMetrics()
        .AddSingleton<AuthMetrics>()
        .AddSingleton<SignInLog>()
        .AddSingleton<PasswordHashing>()
        .AddSingleton<CredentialCache>()
        .AddSingleton<IUserCache>(provider => provider.GetRequiredService<CredentialCache>())
        .AddSingleton<UserChanges>()
        .AddSingleton<TrustedOrigins>()
        .AddSingleton<RateLimits>()
        .AddSingleton<WrongPasswords>()
        .AddSingleton<SignIn>()
        .AddSingleton<TokenSignIn>()
        .AddSingleton<OperatorReads>()
        .AddSingleton(services => services.GetRequiredService<TokenSignIn>().Kind)
        .AddHostedService<UserChangeListener>();
}
