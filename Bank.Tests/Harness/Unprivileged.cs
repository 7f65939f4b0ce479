using System.Diagnostics;

namespace Bank.Tests.Harness;

/// <summary>Starts background programs; as the user <c>postgres</c> if the tests run as root.</summary>
static class Unprivileged
{
    const string User = "postgres";
    const string Redirected = "log=$1; shift; exec \"$@\" >>\"$log\" 2>&1";

    static readonly string[] AsUser = Environment.IsPrivilegedProcess
        ? ["setpriv", $"--reuid={User}", $"--regid={User}", "--clear-groups"]
        : [];

    /// <summary>Starts a program with its output in a file.</summary>
    public static Process Start(string log, params string[] command) => Process.Start(
        new ProcessStartInfo("sh", ["-c", Redirected, "sh", log, .. AsUser, .. command])
        {
            WorkingDirectory = "/",
        })!;

    /// <summary>Gives a directory to the user that runs the programs.</summary>
    public static void Own(string directory)
    {
        if (!Environment.IsPrivilegedProcess)
            return;

        using var chown = Process.Start("chown", ["-R", $"{User}:", directory]);
        chown.WaitForExit();
    }
}
