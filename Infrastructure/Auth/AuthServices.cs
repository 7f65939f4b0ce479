namespace Bank.Infrastructure.Auth;

/// <summary>Registers who may and how passwords are kept.</summary>
static class AuthServices
{
    public static IServiceCollection AddAuth(this IServiceCollection services) => services
        .AddSingleton(TimeProvider.System)
        .AddSingleton<BcryptThreads>()
        .AddSingleton<PasswordHashing>()
        .AddSingleton<CredentialMemory>()
        .AddSingleton<SignInLimits>()
        .AddSingleton<RequestLimits>()
        .AddSingleton<SignIn>()
        .AddHostedService<UserChanges>();
}
