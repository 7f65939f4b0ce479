using System.Reflection;
using Bank.Infrastructure.Configuration;
using Bank.Infrastructure.Verification;

namespace Bank.Infrastructure.Hosting;

/// <summary>
/// The arguments of the program: a command, and settings that override the environment's. The framework
/// ignores an argument that it does not understand; here it ends the program.
/// </summary>
static class CommandLine
{
    static readonly string[] Commands =
        [LedgerVerifier.Argument, HealthCheck.Argument, OperatorCommand.Argument];

    static readonly string[] Help = ["--help", "-h", "-?", "/?"];

    /// <summary>The host's own settings, such as <c>urls</c>.</summary>
    static readonly string[] OfHost =
    [
        "AllowedHosts", "https_port", "forwardedHeaders_enabled",
        .. new[] { typeof(WebHostDefaults), typeof(HostDefaults) }
            .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public))
            .Select(field => (string)field.GetValue(null)!).Distinct(),
    ];

    /// <summary>What other packages read; they know their own names.</summary>
    static readonly string[] OfOthers = ["Kestrel:", "Logging:", "Metrics:", "hostBuilder:", "OTEL_"];

    /// <summary>What the program is, if that is asked for: the text to print.</summary>
    public static string? Information(string[] args) =>
        args is ["help", ..] || args.Any(Help.Contains) ? HelpText
        : args is ["version", ..] || args.Contains("--version") ? $"Bank {VersionText}"
        : null;

    /// <summary>Checks the arguments before anything is done.</summary>
    /// <exception cref="StartupException">One is not understood; the message names the nearest.</exception>
    public static void Check(string[] args)
    {
        var words = args is [OperatorCommand.Argument, ..] ? OperatorCommand.CountWords(args)
            : args is [var command, ..] && Commands.Contains(command) ? 1
            : 0;
        var settings = args.AsSpan(words);

        for (var index = 0; index < settings.Length; index++)
        {
            var argument = settings[index];

            if (argument.Contains('='))
                CheckKey(argument[..argument.IndexOf('=')]);
            else if (argument.StartsWith("--", StringComparison.Ordinal) || argument.StartsWith('/'))
                CheckKey(argument, index + 1 < settings.Length ? settings[++index] : null);
            else
                throw new StartupException(
                    $"{Shown(argument)} is not a command. Did you mean "
                    + $"{Spelling.Nearest(argument, Commands)}, as the first argument? "
                    + "--help lists what there is.");
        }
    }

    static void CheckKey(string argument, string? value = "")
    {
        var key = argument.TrimStart('-', '/');

        if (argument.StartsWith('-') && !argument.StartsWith("--", StringComparison.Ordinal) || !IsKnown(key))
            throw new StartupException(
                $"{argument} is not a setting. Did you mean {Nearest(key)}? --help lists what there is.");

        if (value is null || value.StartsWith("--", StringComparison.Ordinal))
            throw new StartupException($"{argument} has no value. Write {argument}=value.");
    }

    /// <summary>It could be an address with a password.</summary>
    static string Shown(string argument) =>
        argument.All(character => char.IsAsciiLetterOrDigit(character) || character == '-')
            ? $"'{argument}'"
            : "An argument";

    /// <summary>The framework's test host sends a whole section as a key without a value.</summary>
    static bool IsKnown(string key) => UnknownSettings.IsKnown(key)
        || OfHost.Contains(key, StringComparer.OrdinalIgnoreCase)
        || OfOthers.Any(prefix => $"{key}:".StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
        || KnownSettings.Own.Any(setting =>
            setting.Key.StartsWith($"{key}:", StringComparison.OrdinalIgnoreCase));

    /// <summary>The nearest setting, by its whole key or the last part of it, or command.</summary>
    static string Nearest(string key) =>
        KnownSettings.All.Select(setting => $"--{setting.Key}").Concat(OfHost.Select(name => $"--{name}"))
            .Concat(Commands)
            .MinBy(known => Math.Min(
                Spelling.Distance(key, known.TrimStart('-')), Spelling.Distance(key, known.Split(':')[^1])))!;

    static string VersionText => typeof(CommandLine).Assembly.GetName().Version!.ToString(fieldCount: 3);

    static string HelpText =>
        $"""
        Bank {VersionText}: a ledger as an HTTP API on PostgreSQL

          dotnet Bank.dll
            Serves on {Addresses.Default}, or on another address with --urls=http://localhost:9000.
          dotnet Bank.dll {LedgerVerifier.Argument}
            Recomputes the ledger. The exit code is 0 if everything adds up, 1 if something does not, and 2
            if it could not check.
          dotnet Bank.dll {HealthCheck.Argument}
            Checks whether the API on this machine is ready. The exit code is 0 if it is, else 1.
          dotnet Bank.dll {OperatorCommand.Argument} add NAME
          dotnet Bank.dll {OperatorCommand.Argument} remove NAME
          dotnet Bank.dll {OperatorCommand.Argument} list
            Says who runs the bank. It connects as the owner of the tables. A new user gets a password that
            is shown once.
          dotnet Bank.dll --help
          dotnet Bank.dll --version

        Settings are arguments (--Passwords:WorkFactor=13), environment variables
        (Passwords__WorkFactor=13), or in appsettings.json. docs/configuration.md explains each of them:

          {string.Join("\n  ", KnownSettings.Own.Select(setting => setting.Key))}

        The settings of ASP.NET Core, Kestrel, its log and OpenTelemetry work too.
        """;
}
