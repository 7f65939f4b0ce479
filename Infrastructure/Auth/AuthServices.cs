namespace Bank.Infrastructure.Auth;

/// <summary>Registers who may and how passwords are kept.</summary>
static class AuthServices
{
    public static IServiceCollection AddAuth(this IServiceCollection services, PasswordOptions options) => services
        .AddSingleton(options)
        .AddSingleton(TimeProvider.System)
        .AddSingleton<BcryptThreads>()
        .AddSingleton<PasswordHashing>()
        .AddSingleton<CredentialMemory>()
        .AddSingleton<SignIn>()
        .AddHostedService<UserChanges>();
}
