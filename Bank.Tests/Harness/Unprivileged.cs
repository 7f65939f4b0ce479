using System.Diagnostics;

namespace Bank.Tests.Harness;

/// <summary>Starts programs that run on, as the user <c>postgres</c> where the tests run as root.</summary>
static class Unprivileged
{
    const string User = "postgres";
    const string Redirected = "log=$1; shift; exec \"$@\" >>\"$log\" 2>&1";

    static readonly string[] AsUser = Environment.IsPrivilegedProcess
        ? ["setpriv", $"--reuid={User}", $"--regid={User}", "--clear-groups"]
        : [];

    /// <summary>Starts a program that writes what it says to a file.</summary>
    public static Process Start(string log, params string[] command) => Process.Start(
        new ProcessStartInfo("sh", ["-c", Redirected, "sh", log, .. AsUser, .. command]) { WorkingDirectory = "/" })!;

    /// <summary>Gives a directory to who runs the programs.</summary>
    public static void Own(string directory)
    {
        if (!Environment.IsPrivilegedProcess)
            return;

        using var chown = Process.Start("chown", ["-R", $"{User}:", directory]);
        chown.WaitForExit();
    }
}
