using System.Reflection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Bank.Infrastructure.Configuration;

/// <summary>The sections of the configuration, as objects with their own defaults.</summary>
static class Settings
{
    /// <summary>Registers a class as the values of its <see cref="SectionAttribute"/>.</summary>
    public static IServiceCollection AddSettings<TSettings>(this IServiceCollection services)
        where TSettings : class, new()
    {
        services.TryAddSingleton(provider => Read<TSettings>(provider.GetRequiredService<IConfiguration>()));
        return services;
    }

    /// <summary>Checks every key and every value before anything uses them.</summary>
    /// <exception cref="StartupException">
    /// Nothing reads a key, or a value cannot be used; the message has a line for each.
    /// </exception>
    public static void CheckSettings(this IConfigurationRoot configuration)
    {
        string[] errors =
        [
            .. UnknownSettings.Find(configuration),
            .. KnownSettings.All.Select(setting => Contradiction(setting, configuration)).OfType<string>(),
            .. ValuesOf(configuration)
                .Select(value => value.Setting.ErrorOf(value.Key, configuration[value.Key]!))
                .OfType<string>(),
        ];

        if (errors.Length > 0)
            throw new StartupException(string.Join(Environment.NewLine, errors));
    }

    /// <summary>The configured keys of known settings. The framework ignores an empty word.</summary>
    static IEnumerable<(Setting Setting, string Key)> ValuesOf(IConfiguration configuration)
    {
        var settings = KnownSettings.All
            .SelectMany(setting => new[] { setting.Key, setting.FormerKey }, (setting, key) => (setting, key))
            .Where(known => known.key is not null && configuration[known.key] is not null)
            .ToDictionary(known => known.key!, known => known.setting, StringComparer.OrdinalIgnoreCase);

        foreach (var key in UnknownSettings.LeavesOf(configuration).Where(KnownSettings.IsLevel))
            settings[key] = KnownSettings.LevelOf(key);

        return settings.Select(known => (known.Value, known.Key))
            .Where(known => configuration[known.Key] is { Length: > 0 } || !known.Value.IsWord);
    }

    static TSettings Read<TSettings>(IConfiguration configuration)
        where TSettings : new()
    {
        var section = typeof(TSettings).GetCustomAttribute<SectionAttribute>()!.Name;
        var settings = new TSettings();
        configuration.GetSection(section).Bind(settings);

        foreach (var property in typeof(TSettings).GetProperties())
        {
            if (property.GetCustomAttribute<FormerKeyAttribute>() is not { Key: var name })
                continue;

            var (former, current) = ($"{section}:{name}", $"{section}:{property.Name}");

            if (LatestSource(former, configuration) > LatestSource(current, configuration))
                property.SetValue(settings, configuration.GetSection(former).Get(property.PropertyType));
        }

        return settings;
    }

    /// <summary>The error of a source that sets a renamed setting twice, to different values.</summary>
    static string? Contradiction(Setting setting, IConfigurationRoot configuration)
    {
        if (setting.FormerKey is not { } former)
            return null;

        foreach (var source in configuration.Providers)
        {
            if (source.TryGet(setting.Key, out var value) && source.TryGet(former, out var formerValue)
                && value != formerValue)
                return $"{setting.Key} is {value}, but its former name {former} is {formerValue}: "
                    + $"remove {former}.";
        }

        return null;
    }

    /// <summary>The position of the last source that sets a key; -1 if none does.</summary>
    static int LatestSource(string key, IConfiguration configuration) =>
        ((IConfigurationRoot)configuration).Providers.ToList()
            .FindLastIndex(source => source.TryGet(key, out _));
}
