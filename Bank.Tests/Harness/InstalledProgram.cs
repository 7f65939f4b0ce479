using System.ComponentModel;
using System.Diagnostics;

namespace Bank.Tests.Harness;

/// <summary>Runs a program of the machine to its end; skips the test where it is missing.</summary>
static class InstalledProgram
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Runs it and returns its output. It must succeed.</summary>
    public static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = StartOrSkip(program, arguments);
        process.StandardInput.Close();

        return await process.ReadToEndAsync(Patience);
    }

    static Process StartOrSkip(string program, string[] arguments)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(program, arguments)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                Environment = { ["LC_ALL"] = "C.UTF-8", ["HOME"] = Path.GetTempPath() },
            })!;
        }
        catch (Win32Exception)
        {
            Assert.Skip($"{program} is not installed.");
            throw;
        }
    }
}
