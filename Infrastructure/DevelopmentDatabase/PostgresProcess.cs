using System.ComponentModel;
using System.Diagnostics;
using Bank.Infrastructure.Configuration;

namespace Bank.Infrastructure.DevelopmentDatabase;

/// <summary>
/// Runs the programs of a PostgreSQL server as someone who is not root, since they refuse root: as oneself,
/// or, for root, as the user <c>postgres</c> or else <c>nobody</c>.
/// </summary>
sealed class PostgresProcess
{
    readonly string binaries;
    readonly string? user;
    readonly bool mayPassAnywhere;

    PostgresProcess(string binaries, string? user, bool mayPassAnywhere)
    {
        this.binaries = binaries;
        this.user = user;
        this.mayPassAnywhere = mayPassAnywhere;
    }

    /// <summary>
    /// Prepares to run the programs on a data directory, which then belongs to who runs them.
    /// </summary>
    /// <param name="binaries">The directory of the programs.</param>
    /// <param name="data">The data directory; it need not exist.</param>
    public static PostgresProcess For(string binaries, string data)
    {
        if (!Environment.IsPrivilegedProcess || OperatingSystem.IsWindows())
            return new PostgresProcess(binaries, null, false);

        var users = File.ReadLines("/etc/passwd").Select(line => line.Split(':')[0]).ToHashSet();
        var user = users.Contains("postgres") ? "postgres" : "nobody";
        Directory.CreateDirectory(
            data, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        // A directory such as /root lets nobody else through; the data may lie below it all the same.
        var isReachable = Succeeds("setpriv", [.. As(user), "test", "-x", Path.GetDirectoryName(data)!]);
        var programs = new PostgresProcess(binaries, user, !isReachable);
        programs.Own(data);

        return programs;
    }

    /// <summary>Gives a directory to who runs the programs.</summary>
    public void Own(string directory)
    {
        if (user is not null)
            Succeeds("chown", ["-R", $"{user}:", directory]);
    }

    /// <summary>Runs a program to its end.</summary>
    /// <exception cref="StartupException">It failed; the message has what it said.</exception>
    public async Task RunAsync(string program, params string[] arguments)
    {
        var path = Path.Combine(binaries, program);
        string[] passAnywhere = mayPassAnywhere
            ? ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
            : [];
        using var process = user is null
            ? Start(path, arguments)
            : Start("setpriv", [.. As(user), .. passAnywhere, path, .. arguments]);

        // A server that pg_ctl leaves behind would keep a pipe open for good, so that only the errors are
        // read.
        var error = program == "initdb" ? await process.StandardError.ReadToEndAsync() : "";
        await process.WaitForExitAsync();

        if (process.ExitCode != 0)
            throw new StartupException(
                $"{program} failed with exit code {process.ExitCode}. {error.ReplaceLineEndings(" ")}"
                    .Trim());
    }

    static string[] As(string user) => [$"--reuid={user}", $"--regid={PrimaryGroup(user)}", "--clear-groups"];

    static string PrimaryGroup(string user) =>
        File.ReadLines("/etc/passwd").Select(line => line.Split(':')).First(fields => fields[0] == user)[3];

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
