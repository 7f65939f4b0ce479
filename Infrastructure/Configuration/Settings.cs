using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Bank.Infrastructure.Configuration;

/// <summary>The sections of the configuration, as objects with defaults of their own.</summary>
static class Settings
{
    /// <summary>What a duration that is out of its range is told, since a number alone counts days.</summary>
    public const string Duration =
        "{0} must be between {1} and {2}, written as hours:minutes:seconds; a number alone would be days.";

    /// <summary>Registers a section as what it is to whoever needs it.</summary>
    public static IServiceCollection AddSettings<TSettings>(this IServiceCollection services, string section)
        where TSettings : class
    {
        services.AddOptions<TSettings>()
            .BindConfiguration(section).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(provider => provider.GetRequiredService<IOptions<TSettings>>().Value);

        return services;
    }

    /// <summary>Checks every section before anything is made of them.</summary>
    /// <exception cref="StartupException">A value is out of its range, or none of its type.</exception>
    public static WebApplication CheckSettings(this WebApplication app)
    {
        try
        {
            app.Services.GetRequiredService<IStartupValidator>().Validate();
            return app;
        }
        catch (Exception wrong) when (wrong is OptionsValidationException or InvalidOperationException)
        {
            throw new StartupException(wrong.Message, wrong);
        }
        catch (AggregateException several)
        {
            var lines = several.InnerExceptions.Select(wrong => wrong.Message);
            throw new StartupException(string.Join(Environment.NewLine, lines), several);
        }
    }
}
