using System.Text.RegularExpressions;
using Npgsql;

namespace Bank.Infrastructure.Hosting;

/// <summary>
/// Reads a connection address of libpq (PostgreSQL, section 34.1.1), in which providers hand out their
/// databases: with several hosts, encoded parts, and libpq's parameters in Npgsql's words. Its other form is
/// a list of the parameters alone: <c>host=db dbname=bank password='a b'</c>.
/// </summary>
static class LibpqAddress
{
    static readonly Regex Form = new(
        "^postgres(ql)?://((?<user>[^:@/?]*)(:(?<password>[^/?]*))?@)?(?<hosts>[^/?]*)(/(?<database>[^?]*))?"
        + @"(\?(?<parameters>.*))?\z",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.Singleline);

    static readonly Regex List = new(
        @"^(\s*(?<name>\w+)\s*=\s*(?<value>'([^'\\]|\\.)*'|([^\s;'\\]|\\.)*)(\s+|\z)){2,}\z",
        RegexOptions.ExplicitCapture | RegexOptions.Singleline);

    static readonly Regex HostAndPort = new(@"^(?<host>\[[^]]*\]|[^:]*)(:(?<port>.*))?\z");

    public static bool IsOne(string text) =>
        text.StartsWith("postgres://", StringComparison.OrdinalIgnoreCase)
        || text.StartsWith("postgresql://", StringComparison.OrdinalIgnoreCase)
        || List.IsMatch(text);

    /// <exception cref="FormatException">It is not such an address.</exception>
    /// <exception cref="LibpqParameterException">A part is unknown or has a wrong value.</exception>
    public static NpgsqlConnectionStringBuilder Read(string text)
    {
        if (List.Match(text) is { Success: true, Groups: var list })
            return Read(new NpgsqlConnectionStringBuilder(), "",
                [.. list["name"].Captures.Zip(list["value"].Captures, (name, value) =>
                    (name.Value, Unquote(value.Value)))]);

        if (Form.Match(text) is not { Success: true, Groups: var parts })
            throw new FormatException();

        var settings = new NpgsqlConnectionStringBuilder
        {
            Username = Decode(parts["user"]),
            Password = Decode(parts["password"]),
            Database = Decode(parts["database"]),
        };
        var given = parts["parameters"].Value.Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split('=', 2).Select(Uri.UnescapeDataString).ToArray())
            .Select(pair => (Name: pair[0], Value: pair.ElementAtOrDefault(1) ?? "")).ToArray();
        Read(settings, parts["hosts"].Value, given);

        // An address with a user and without a host means this machine.
        if (settings.Host is null && parts["user"].Success)
            settings.Host = "localhost";

        return settings;
    }

    static NpgsqlConnectionStringBuilder Read(
        NpgsqlConnectionStringBuilder settings, string hosts, (string Name, string Value)[] given)
    {
        SetHosts(settings, hosts, given.ToLookup(pair => pair.Name, pair => pair.Value));

        foreach (var (name, value) in given.Where(pair => pair.Name is not ("host" or "hostaddr" or "port")))
            LibpqParameters.Set(settings, name, value);

        LibpqParameters.Complete(settings, given);

        return settings;
    }

    static string Unquote(string value) =>
        Regex.Replace(value.StartsWith('\'') ? value[1..^1] : value, @"\\(.)", "$1", RegexOptions.Singleline);

    static string? Decode(Group part) =>
        part.Value is { Length: > 0 } text ? Uri.UnescapeDataString(text) : null;

    /// <summary>
    /// The hosts and ports, of the address or of its parameters; one port may stand for all hosts.
    /// </summary>
    static void SetHosts(
        NpgsqlConnectionStringBuilder settings, string written, ILookup<string, string> parameters)
    {
        var pairs = written.Split(',').Select(host => HostAndPort.Match(host).Groups).ToArray();
        var hosts = (parameters["host"].Concat(parameters["hostaddr"]).FirstOrDefault() is { } listed
            ? listed.Split(',')
            : pairs.Select(pair => Uri.UnescapeDataString(pair["host"].Value))).ToArray();
        var ports = (parameters["port"].LastOrDefault() is { } numbers
            ? numbers.Split(',')
            : pairs.Select(pair => pair["port"].Value)).Select(ParsePort).ToArray();

        if (ports.Length != 1 && ports.Length != hosts.Length)
            throw new LibpqParameterException("port", string.Join(',', ports));

        if (hosts.Length > 1)
            settings.Host = string.Join(',', hosts.Select((host, index) =>
                ports[ports.Length == 1 ? 0 : index] is { } port ? $"{host}:{port}" : host));
        else
            (settings.Host, settings.Port) =
                (hosts[0] is "" ? null : hosts[0], ports[0] ?? NpgsqlConnection.DefaultPort);
    }

    static int? ParsePort(string text) => text.Length == 0 ? null
        : ushort.TryParse(text, out var port) && port > 0 ? port
        : throw new LibpqParameterException("port", text);
}
