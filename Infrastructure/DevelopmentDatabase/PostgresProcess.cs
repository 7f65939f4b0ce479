using System.ComponentModel;
using System.Diagnostics;
using Bank.Infrastructure.Configuration;

namespace Bank.Infrastructure.DevelopmentDatabase;

/// <summary>
/// Runs the programs of a PostgreSQL server. They refuse to run as root, so root runs them as the user
/// <c>postgres</c>, or else <c>nobody</c>; everybody else runs them directly.
/// </summary>
/// <param name="binaries">The directory of the programs.</param>
/// <param name="user">The user to run them as; null for the current one.</param>
/// <param name="ignoresPermissions">Whether they may pass directories that are closed to the user.</param>
sealed class PostgresProcess(string binaries, string? user = null, bool ignoresPermissions = false)
{
    /// <summary>Prepares to run the programs on a data directory, which is given to their user.</summary>
    /// <param name="binaries">The directory of the programs.</param>
    /// <param name="data">The data directory; it need not exist.</param>
    public static PostgresProcess For(string binaries, string data)
    {
        if (!Environment.IsPrivilegedProcess || OperatingSystem.IsWindows())
            return new PostgresProcess(binaries);

        var user = FieldsOfUsers().Any(fields => fields[0] == "postgres") ? "postgres" : "nobody";
        Directory.CreateDirectory(
            data, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        // The data may lie below a directory such as /root, which is closed to the user.
        var isReachable = Succeeds(
            "setpriv", [.. RunAsUser(user), "test", "-x", Path.GetDirectoryName(data)!]);
        var programs = new PostgresProcess(binaries, user, !isReachable);
        programs.Chown(data);

        return programs;
    }

    /// <summary>Gives a directory to the user of the programs.</summary>
    public void Chown(string directory)
    {
        if (user is not null)
            Succeeds("chown", ["-R", $"{user}:", directory]);
    }

    /// <summary>Runs a program and waits for its end.</summary>
    /// <exception cref="StartupException">It failed; the message has its errors.</exception>
    public async Task RunAsync(string program, params string[] arguments)
    {
        var path = Path.Combine(binaries, program);
        string[] capabilities = ignoresPermissions
            ? ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
            : [];
        using var process = user is null
            ? Start(path, arguments)
            : Start("setpriv", [.. RunAsUser(user), .. capabilities, path, .. arguments]);

        // The server that pg_ctl starts inherits the pipe and keeps it open, so only initdb's errors are
        // read.
        var errors = program == "initdb" ? await process.StandardError.ReadToEndAsync() : "";
        await process.WaitForExitAsync();

        if (process.ExitCode != 0)
            throw new StartupException(
                $"{program} failed with exit code {process.ExitCode}. {errors.ReplaceLineEndings(" ")}"
                    .Trim());
    }

    static string[] RunAsUser(string user)
    {
        var group = FieldsOfUsers().First(fields => fields[0] == user)[3];
        return [$"--reuid={user}", $"--regid={group}", "--clear-groups"];
    }

    static IEnumerable<string[]> FieldsOfUsers() =>
        File.ReadLines("/etc/passwd").Select(line => line.Split(':'));

    static bool Succeeds(string program, string[] arguments)
    {
        using var process = Start(program, arguments);
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    /// <exception cref="StartupException">There is no such program.</exception>
    static Process Start(string program, string[] arguments)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(program, arguments)
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
                WorkingDirectory = "/",
            })!;
        }
        catch (Win32Exception missing)
        {
            throw new StartupException($"{program} cannot be run: {missing.Message}", missing);
        }
    }
}
