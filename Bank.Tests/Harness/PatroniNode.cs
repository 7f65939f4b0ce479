using System.Diagnostics;

namespace Bank.Tests.Harness;

/// <summary>A server of a <see cref="PatroniCluster"/> with its agent.</summary>
/// <param name="directory">Its directory, owned by the user that runs the servers.</param>
/// <param name="name">Its name.</param>
/// <param name="host">Its address on the loopback network.</param>
/// <param name="settings">The settings of the agent.</param>
sealed class PatroniNode(string directory, string name, string host, string settings)
{
    Process? agent;

    public string Name { get; } = name;

    public string Host { get; } = host;

    string Data => Path.Combine(directory, Name);

    /// <summary>Starts the agent, which starts the server.</summary>
    public void Start()
    {
        var file = Path.Combine(directory, $"{Name}.yml");
        File.WriteAllText(file, settings);
        agent = Unprivileged.Start(Path.Combine(directory, $"{Name}.log"), "patroni", file);
    }

    /// <summary>Kills the agent and the server, as a power failure does.</summary>
    public void Kill()
    {
        if (agent is null)
            return;

        agent.Kill();
        agent.WaitForExit();
        agent = null;

        if (!File.Exists(Path.Combine(Data, "postmaster.pid")))
            return;

        ServerProcesses.Signal(Data, "KILL");
        ServerProcesses.Forget(Data, Data, PatroniCluster.Port);
    }

    /// <summary>Freezes the agent and the server, as a hanging machine does.</summary>
    public void Freeze()
    {
        FreezeAgent();
        ServerProcesses.Signal(Data, "STOP");
    }

    /// <summary>Freezes only the agent; the server still accepts queries.</summary>
    public void FreezeAgent() => ServerProcesses.Send("STOP", agent!.Id);

    /// <summary>Continues both.</summary>
    public void Thaw()
    {
        ServerProcesses.Signal(Data, "CONT");
        ServerProcesses.Send("CONT", agent!.Id);
    }
}
