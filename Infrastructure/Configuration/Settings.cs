using System.Reflection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Bank.Infrastructure.Configuration;

/// <summary>The sections of the configuration, as objects with their own defaults.</summary>
static class Settings
{
    /// <summary>
    /// The error of a duration that is out of range; it recalls that a number alone counts days.
    /// </summary>
    public const string Duration =
        "{0} must be between {1} and {2}, written as hours:minutes:seconds; a number alone would be days.";

    /// <summary>Registers a section as its own type.</summary>
    public static IServiceCollection AddSettings<TSettings>(this IServiceCollection services, string section)
        where TSettings : class
    {
        services.AddOptions<TSettings>()
            .BindConfiguration(section)
            .Configure<IConfiguration>((settings, configuration) =>
                BindFormerKeys(settings, configuration, section))
            .ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(provider => provider.GetRequiredService<IOptions<TSettings>>().Value);

        return services;
    }

    /// <summary>Checks every section before anything uses them.</summary>
    /// <exception cref="StartupException">A value is out of range or of the wrong type.</exception>
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

    static void BindFormerKeys<TSettings>(TSettings settings, IConfiguration configuration, string section)
    {
        foreach (var property in typeof(TSettings).GetProperties())
        {
            if (property.GetCustomAttribute<FormerKeyAttribute>() is not { Key: var name })
                continue;

            var (former, current) = ($"{section}:{name}", $"{section}:{property.Name}");

            if (IsLaterThan(current, former, configuration))
                property.SetValue(settings, configuration.GetSection(former).Get(property.PropertyType));
        }
    }

    /// <summary>Whether a later source sets the former key than the current one.</summary>
    /// <exception cref="OptionsValidationException">A source sets both, to different values.</exception>
    static bool IsLaterThan(string current, string former, IConfiguration configuration)
    {
        foreach (var source in ((IConfigurationRoot)configuration).Providers.Reverse())
        {
            var setsCurrent = source.TryGet(current, out var value);
            var setsFormer = source.TryGet(former, out var formerValue);

            if (setsCurrent && setsFormer && value != formerValue)
                throw new OptionsValidationException(current, typeof(string),
                    [$"{current} is {value}, but its former name {former} is {formerValue}: "
                        + $"remove {former}."]);

            if (setsCurrent || setsFormer)
                return !setsCurrent;
        }

        return false;
    }
}
