using Bank.Infrastructure.Verification;

namespace Bank.Infrastructure.Hosting;

/// <summary>
/// Finds how the running API was started, on Linux: the health check of an image does not get the arguments
/// of the container, and these may name another address than the environment does.
/// </summary>
static class RunningApi
{
    /// <summary>The program's path without its extension, which is the same for its two forms.</summary>
    static readonly string Program = Path.ChangeExtension(typeof(RunningApi).Assembly.Location, null);

    /// <summary>The variables that may name an address.</summary>
    static readonly string[] Variables =
    [
        "ASPNETCORE_URLS=", "ASPNETCORE_HTTP_PORTS=", "ASPNETCORE_HTTPS_PORTS=",
        "ASPNETCORE_KESTREL__ENDPOINTS__", "DOTNET_URLS=", "DOTNET_HTTP_PORTS=", "DOTNET_HTTPS_PORTS=",
        "URLS=", "HTTP_PORTS=", "HTTPS_PORTS=", "KESTREL__ENDPOINTS__",
    ];

    /// <summary>
    /// The arguments of every running API of this program whose variables name the same addresses as the
    /// health check's own; the given arguments where there are some, or where no such process is found.
    /// </summary>
    public static string[][] Arguments(string[] given)
    {
        var found = given.Length > 0 || !OperatingSystem.IsLinux()
            ? []
            : Directory.EnumerateDirectories("/proc").Select(ArgumentsOf).OfType<string[]>().ToArray();

        return found.Length > 0 ? found : [given];
    }

    /// <summary>The arguments of a process; null unless it is such an API.</summary>
    static string[]? ArgumentsOf(string process)
    {
        var id = Path.GetFileName(process);

        if (!id.All(char.IsAsciiDigit) || id == $"{Environment.ProcessId}")
            return null;

        try
        {
            var words = Read($"{process}/cmdline");
            var program = Array.FindIndex(words, word => IsProgram(word, process));

            return program is 0 or 1
                && words[program..] is not [_, HealthCheck.Argument or LedgerVerifier.Argument, ..]
                && AddressesOf(process).SetEquals(AddressesOf("/proc/self"))
                ? words[(program + 1)..]
                : null;
        }
        catch (Exception hidden) when (hidden is IOException or UnauthorizedAccessException)
        {
            // It has ended, or belongs to another user.
            return null;
        }
    }

    static bool IsProgram(string word, string process) =>
        Path.GetFileNameWithoutExtension(word) == Path.GetFileName(Program)
        && File.ResolveLinkTarget($"{process}/cwd", returnFinalTarget: false) is { } directory
        && Path.ChangeExtension(Path.GetFullPath(word, directory.FullName), null) == Program;

    /// <summary>The variables of a process that name addresses.</summary>
    static HashSet<string> AddressesOf(string process) =>
    [
        .. Read($"{process}/environ").Where(variable =>
            Variables.Any(name => variable.StartsWith(name, StringComparison.OrdinalIgnoreCase))),
    ];

    static string[] Read(string file) =>
        File.ReadAllText(file).Split('\0', StringSplitOptions.RemoveEmptyEntries);
}
