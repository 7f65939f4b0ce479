namespace Bank.Infrastructure.Auth;

/// <summary>Registers who may and how passwords are kept.</summary>
static class AuthServices
{
    public static IServiceCollection AddAuth(this IServiceCollection services, PasswordOptions options) => services
        .AddSingleton(options)
        .AddSingleton<PasswordHashing>()
        .AddScoped<SignIn>();
}
