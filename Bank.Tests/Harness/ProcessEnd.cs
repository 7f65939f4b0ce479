using System.Diagnostics;

namespace Bank.Tests.Harness;

/// <summary>Runs a program to its end.</summary>
static class ProcessEnd
{
    /// <summary>
    /// Waits for the program, which must succeed, and returns its output. After the given time it is killed.
    /// </summary>
    public static async Task<string> ReadToEndAsync(this Process process, TimeSpan patience)
    {
        var program = process.StartInfo.FileName;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();

        try
        {
            await process.WaitForExitAsync().WaitAsync(patience);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        process.ExitCode.ShouldBe(0, $"{program}: {await output}{await errors}");
        return await output;
    }
}
