using System.Diagnostics;

namespace Bank.Tests.Harness;

/// <summary>One of the servers of a <see cref="PatroniCluster"/> and the agent that runs it.</summary>
/// <param name="directory">What it may use; it belongs to who runs the servers.</param>
/// <param name="name">Its name.</param>
/// <param name="host">An address of its own on the loopback network.</param>
/// <param name="settings">What its agent is told.</param>
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

    /// <summary>Ends the agent and the server without a word, as a power cut does.</summary>
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

    /// <summary>Stops the agent and the server where they are, as a machine that hangs does.</summary>
    public void Freeze()
    {
        FreezeAgent();
        ServerProcesses.Signal(Data, "STOP");
    }

    /// <summary>Stops the agent alone; the server takes what it is sent.</summary>
    public void FreezeAgent() => ServerProcesses.Send("STOP", agent!.Id);

    /// <summary>Lets both go on.</summary>
    public void Thaw()
    {
        ServerProcesses.Signal(Data, "CONT");
        ServerProcesses.Send("CONT", agent!.Id);
    }
}
