using System.Net;
using System.Net.Sockets;

namespace Bank.Tests.Harness;

/// <summary>Ports for programs that cannot choose one.</summary>
static class Ports
{
    /// <summary>A port that is free now; another program may take it.</summary>
    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
