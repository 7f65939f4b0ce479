using System.Diagnostics;
using Bank.Tests.Infrastructure.OpenApi;

namespace Bank.Tests.Infrastructure.Tokens;

/// <summary>
/// An authority that others wrote, as a process. A test is skipped where npm cannot install it.
/// </summary>
sealed class NodeAuthority : IDisposable
{
    const string Sources = "Bank.Tests/Infrastructure/Tokens/Authorities";

    readonly NodeDirectory directory;
    readonly Process process;

    NodeAuthority(NodeDirectory directory, Process process) =>
        (this.directory, this.process) = (directory, process);

    /// <summary>Its address, which its tokens have as <c>iss</c>.</summary>
    public string Issuer { get; private set; } = "";

    public static async Task<NodeAuthority> StartAsync(string program, params string[] arguments)
    {
        var directory = await NodeDirectory.CreateAsync(Sources);
        var authority = new NodeAuthority(directory, directory.Start("node", [program, .. arguments]));

        try
        {
            authority.Issuer = await authority.ReadLineAsync();
            return authority;
        }
        catch
        {
            authority.Dispose();
            throw;
        }
    }

    /// <summary>Sends a line to its input, and waits until it has done what the line says.</summary>
    public async Task SendAsync(string line)
    {
        await process.StandardInput.WriteLineAsync(line);
        (await ReadLineAsync()).ShouldBe(line);
    }

    public void Kill()
    {
        process.Kill();
        process.WaitForExit();
    }

    public void Dispose()
    {
        if (!process.HasExited)
            Kill();

        process.Dispose();
        directory.Dispose();
    }

    async Task<string> ReadLineAsync()
    {
        var line = await process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromMinutes(1));
        return line ?? throw new InvalidOperationException(await process.StandardError.ReadToEndAsync());
    }
}
