using System.Text.RegularExpressions;
using Bank.Infrastructure.Configuration;
using Npgsql;

namespace Bank.Infrastructure.Hosting;

/// <summary>Reads connection strings. Errors never repeat a value that may be a password.</summary>
static partial class ConnectionStrings
{
    const string HowToWrite =
        "Write it as Host=…;Database=…;Username=…;Password=… or as postgres://user:password@host/database.";

    /// <summary>Reads Npgsql's own form or libpq's address.</summary>
    /// <param name="text">The configured text.</param>
    /// <param name="setting">The setting's name, for the error.</param>
    /// <param name="password">The password, if it is not in the text.</param>
    /// <exception cref="StartupException">It is neither; the message names the wrong part.</exception>
    public static NpgsqlConnectionStringBuilder Read(
        string text, string setting = "ConnectionStrings:Bank", string? password = null)
    {
        try
        {
            var settings = LibpqAddress.IsOne(text.Trim())
                ? LibpqAddress.Read(text.Trim())
                : new NpgsqlConnectionStringBuilder(text);

            if (password is { Length: > 0 })
                settings.Password = password;

            // The default, Prefer, makes every connection look for a Kerberos library, which images lack.
            if (settings.GssEncryptionMode == GssEncryptionMode.Prefer)
                settings.GssEncryptionMode = GssEncryptionMode.Disable;

            // Sessions have a search_path of their own, so it would have no effect in the options.
            if (SearchPath.Match(settings.Options ?? "") is { Success: true } named)
                settings.SearchPath ??= named.Groups[1].Value;

            return ProblemOf(settings) is { } problem
                ? throw new StartupException($"{setting} {problem}")
                : settings;
        }
        catch (Exception wrong) when (wrong is ArgumentException or FormatException)
        {
            var place = wrong switch
            {
                LibpqParameterException => $" at '{wrong.Message}'",
                ArgumentException { ParamName: { Length: > 0 } name } => $" at '{name}'",
                _ => "",
            };
            throw new StartupException($"{setting} cannot be read{place}. {HowToWrite}", wrong);
        }
    }

    [GeneratedRegex(@"(?:-c\s*|--)search_path=(\S+)")]
    static partial Regex SearchPath { get; }

    static string? ProblemOf(NpgsqlConnectionStringBuilder settings) => settings switch
    {
        { Host: null or "" } => $"names no host. {HowToWrite}",
        { Passfile: { Length: > 0 } file } when !File.Exists(file) =>
            $"names the Passfile {Path.GetFullPath(file)}, which does not exist",
        _ => null,
    };
}
