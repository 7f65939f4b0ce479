using Bank.Infrastructure.Configuration;
using Npgsql;

namespace Bank.Infrastructure.Hosting;

/// <summary>Reads connection strings. Errors never repeat a value, which may be a password.</summary>
static class ConnectionStrings
{
    const string HowToWrite =
        "Write it as Host=…;Database=…;Username=…;Password=… or as postgres://user:password@host/database.";

    /// <summary>Reads Npgsql's own form or libpq's address.</summary>
    /// <param name="text">The configured text.</param>
    /// <param name="setting">The setting's name, for the error.</param>
    /// <exception cref="StartupException">It is neither; the message names the wrong part.</exception>
    public static NpgsqlConnectionStringBuilder Read(string text, string setting = "ConnectionStrings:Bank")
    {
        try
        {
            var settings = text.StartsWith("postgres://", StringComparison.OrdinalIgnoreCase)
                || text.StartsWith("postgresql://", StringComparison.OrdinalIgnoreCase)
                ? FromAddress(text)
                : new NpgsqlConnectionStringBuilder(text);

            // The default, Prefer, makes every connection look for a Kerberos library, which images lack.
            if (settings.GssEncryptionMode == GssEncryptionMode.Prefer)
                settings.GssEncryptionMode = GssEncryptionMode.Disable;

            return settings.Host is { Length: > 0 }
                ? settings
                : throw new StartupException($"{setting} names no host. {HowToWrite}");
        }
        catch (Exception wrong) when (wrong is ArgumentException or FormatException)
        {
            var place = wrong is ArgumentException { ParamName: { Length: > 0 } name } ? $" at '{name}'" : "";
            throw new StartupException($"{setting} cannot be read{place}. {HowToWrite}", wrong);
        }
    }

    static NpgsqlConnectionStringBuilder FromAddress(string text)
    {
        // libpq's address may have a user and no host, if a parameter names a socket's directory; a Uri may
        // not.
        var address = new Uri(text.Replace("@/", "@localhost/", StringComparison.Ordinal));
        var user = address.UserInfo.Split(':', 2).Select(Uri.UnescapeDataString).ToArray();
        var settings = new NpgsqlConnectionStringBuilder
        {
            Host = Uri.UnescapeDataString(address.Host),
            Port = address.IsDefaultPort ? NpgsqlConnection.DefaultPort : address.Port,
            Username = OrNull(user[0]),
            Password = OrNull(user.ElementAtOrDefault(1)),
            Database = OrNull(Uri.UnescapeDataString(address.AbsolutePath.TrimStart('/'))),
        };

        foreach (var pair in address.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = (pair.Split('=')[0], Uri.UnescapeDataString(pair[(pair.IndexOf('=') + 1)..]));
            settings[NpgsqlName(name)] = value;
        }

        return settings;
    }

    static string? OrNull(string? text) => string.IsNullOrEmpty(text) ? null : text;

    /// <summary>Npgsql's name for a parameter of libpq, where they differ.</summary>
    static string NpgsqlName(string name) => name switch
    {
        "connect_timeout" => "Timeout",
        "dbname" => "Database",
        "sslcert" => "SSL Certificate",
        "sslkey" => "SSL Key",
        "sslrootcert" => "Root Certificate",
        "target_session_attrs" => "Target Session Attributes",
        "user" => "Username",
        _ => name.Replace('_', ' '),
    };
}
