using System.Text.RegularExpressions;
using Npgsql;

namespace Bank.Infrastructure.Hosting;

/// <summary>The parameters of libpq (PostgreSQL, section 34.1.2) in Npgsql's words.</summary>
static class LibpqParameters
{
    /// <summary>The parameters that Npgsql has under another name, with the same values.</summary>
    static readonly Dictionary<string, string> Names = new()
    {
        ["application_name"] = "Application Name",
        ["connect_timeout"] = "Timeout",
        ["dbname"] = "Database",
        ["keepalives_idle"] = "TCP Keepalive Time",
        ["keepalives_interval"] = "TCP Keepalive Interval",
        ["krbsrvname"] = "Kerberos Service Name",
        ["options"] = "Options",
        ["passfile"] = "Passfile",
        ["password"] = "Password",
        ["sslcert"] = "SSL Certificate",
        ["sslkey"] = "SSL Key",
        ["sslpassword"] = "SSL Password",
        ["sslrootcert"] = "Root Certificate",
        ["user"] = "Username",
    };

    /// <summary>The parameters whose values are words: libpq's, and Npgsql's for them.</summary>
    static readonly Dictionary<string, (string Name, Dictionary<string, string> Words)> Words = new()
    {
        ["channel_binding"] = ("Channel Binding", Same("disable", "prefer", "require")),
        ["gssencmode"] = ("GSS Encryption Mode", Same("disable", "prefer", "require")),
        ["keepalives"] = ("TCP Keepalive", new() { ["0"] = "false", ["1"] = "true" }),
        ["load_balance_hosts"] =
            ("Load Balance Hosts", new() { ["disable"] = "false", ["random"] = "true" }),
        ["requiressl"] = ("SSL Mode", new() { ["0"] = "Prefer", ["1"] = "Require" }),
        ["sslmode"] = ("SSL Mode", new(Same("disable", "allow", "prefer", "require"))
        {
            ["verify-ca"] = "VerifyCA",
            ["verify-full"] = "VerifyFull",
        }),
        ["sslnegotiation"] = ("SSL Negotiation", Same("postgres", "direct")),
        ["target_session_attrs"] = ("Target Session Attributes", Same(
            "any", "read-write", "read-only", "primary", "standby", "prefer-primary", "prefer-standby")),
    };

    /// <summary>
    /// The parameters that Npgsql lacks, with the values that change nothing here: what they ask for is so
    /// without them, or it is a detail of the operating system.
    /// </summary>
    static readonly Dictionary<string, string> Harmless = new()
    {
        ["client_encoding"] = "auto|utf-?8|unicode",
        ["fallback_application_name"] = ".*",
        ["gssdelegation"] = "0",
        ["gsslib"] = "gssapi",
        ["keepalives_count"] = @"\d+",
        ["max_protocol_version"] = @"3\.\d|latest",
        ["min_protocol_version"] = @"3\.0",
        ["replication"] = "0|false|off|no",
        ["ssl_max_protocol_version"] = @"TLSv1\.3|",
        ["ssl_min_protocol_version"] = @"TLSv1(\.[012])?|",
        ["sslcertmode"] = "allow",
        ["sslcompression"] = "0|1",
        ["sslsni"] = "0|1",
        ["tcp_user_timeout"] = @"\d+",
    };

    /// <exception cref="LibpqParameterException">It is unknown or has a wrong value.</exception>
    public static void Set(NpgsqlConnectionStringBuilder settings, string name, string value)
    {
        if (Harmless.TryGetValue(name, out var values))
        {
            if (Regex.IsMatch(value, $@"^({values})\z", RegexOptions.IgnoreCase))
                return;

            throw new LibpqParameterException(name, value);
        }

        try
        {
            // To libpq, every negative time is for ever.
            if (name == "connect_timeout" && value.StartsWith('-'))
                settings.Timeout = 0;
            else if (name == "require_auth")
                settings.RequireAuth = string.Join(',', value.Split(',').Select(AuthenticationMethod));
            else if (Words.TryGetValue(name, out var words))
                settings[words.Name] = words.Words[value];
            else
                settings[Names.GetValueOrDefault(name, name.Replace('_', ' '))] = value;
        }
        catch (Exception wrong) when (wrong
            is ArgumentException or FormatException or KeyNotFoundException or OverflowException)
        {
            throw new LibpqParameterException(name, value);
        }
    }

    /// <summary>Applies what one parameter means for another.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="given">The parameters of the address.</param>
    public static void Complete(NpgsqlConnectionStringBuilder settings, (string Name, string Value)[] given)
    {
        // The certificates of the operating system, which verify any host that has one of theirs.
        if (settings.RootCertificate == "system")
        {
            var mode = given.LastOrDefault(pair => pair.Name == "sslmode").Value ?? "verify-full";

            if (mode != "verify-full")
                throw new LibpqParameterException("sslmode", $"{mode}, too weak for sslrootcert=system");

            (settings.RootCertificate, settings.SslMode) = (null, SslMode.VerifyFull);
        }

        // Npgsql takes the interval only together with the time until the first probe: Linux has two hours.
        if (settings.TcpKeepAliveInterval > 0 && settings.TcpKeepAliveTime == 0)
            settings.TcpKeepAliveTime = (int)TimeSpan.FromHours(2).TotalSeconds;
    }

    /// <summary>Npgsql's name of a method, which an exclamation mark before it forbids.</summary>
    static string AuthenticationMethod(string method) => method switch
    {
        ['!', .. var forbidden] => $"!{AuthenticationMethod(forbidden)}",
        "password" => "Password",
        "scram-sha-256" => "ScramSHA256",
        "none" => "None",
        _ => method.ToUpperInvariant(),
    };

    static Dictionary<string, string> Same(params string[] words) => words.ToDictionary(word => word);
}
