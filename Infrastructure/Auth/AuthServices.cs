using Bank.Infrastructure.Data;

namespace Bank.Infrastructure.Auth;

/// <summary>Registers who may and how passwords are kept.</summary>
static class AuthServices
{
    public static IServiceCollection AddAuth(this IServiceCollection services) => services
        .AddSettings<PasswordOptions>("Passwords")
        .AddSettings<LimitOptions>("Limits")
        .AddSingleton(TimeProvider.System)
        .AddSingleton<BcryptThreads>()
        .AddMetrics()
        .AddSingleton<AuthMetrics>()
        .AddSingleton<SignInLog>()
        .AddSingleton<PasswordHashing>()
        .AddSingleton<CredentialMemory>()
        .AddSingleton<TrustedOrigins>()
        .AddSingleton<Limits>()
        .AddSingleton<SignIn>()
        .AddHostedService<UserChanges>();
}
