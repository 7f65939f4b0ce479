using System.Diagnostics;
using System.Globalization;

namespace Bank.Tests.Harness;

/// <summary>Sends signals to all processes of a PostgreSQL server.</summary>
static class ServerProcesses
{
    /// <summary>Signals all processes at once, while the postmaster is stopped and cannot fork.</summary>
    /// <param name="data">The directory of the server's data.</param>
    /// <param name="signal">Its name, such as <c>KILL</c>.</param>
    public static void Signal(string data, string signal)
    {
        var postmaster = int.Parse(File.ReadLines(PidFile(data)).First(), CultureInfo.InvariantCulture);
        Send("STOP", postmaster);
        Send(signal, [postmaster, .. ChildrenOf(postmaster)]);
    }

    /// <summary>
    /// Removes the lock files of a killed server. Without an init process that reaps it, the next server
    /// would take it for alive.
    /// </summary>
    /// <param name="data">The directory of its data.</param>
    /// <param name="sockets">The directory of its socket.</param>
    /// <param name="port">Its port.</param>
    public static void Forget(string data, string sockets, int port)
    {
        File.Delete(PidFile(data));
        File.Delete(Path.Combine(sockets, $".s.PGSQL.{port}.lock"));
    }

    /// <summary>Signals the processes that still run.</summary>
    public static void Send(string signal, params int[] processes)
    {
        using var kill = Process.Start(new ProcessStartInfo(
            "kill", [$"-{signal}", .. processes.Select(id => $"{id}")])
        { RedirectStandardError = true })!;
        kill.WaitForExit();
    }

    static string PidFile(string data) => Path.Combine(data, "postmaster.pid");

    static int[] ChildrenOf(int parent)
    {
        using var list = Process.Start(new ProcessStartInfo(
            "ps", ["-o", "pid=", "--ppid", $"{parent}"])
        { RedirectStandardOutput = true })!;
        var children = list.StandardOutput.ReadToEnd();
        list.WaitForExit();

        return [.. children.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];
    }
}
