using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Bank.Tests.Harness;

/// <summary>The API as a process, as in production.</summary>
sealed partial class BankProcess : IAsyncDisposable
{
    const string Http2Setting = "--Serving:Http2Address=";

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    readonly Process process;
    readonly List<string> output = [];
    readonly TaskCompletionSource<Uri> started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly bool isHttp2 = HttpVersions.IsHttp2;
    readonly bool hasHttp2;
    Uri? http1Address;

    BankProcess(Process process)
    {
        this.process = process;
        hasHttp2 = process.StartInfo.ArgumentList.Any(
            setting => setting.StartsWith(Http2Setting, StringComparison.Ordinal));
    }

    /// <summary>The API's address.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>The address at which it speaks HTTP/2, if <c>Serving:Http2Address</c> names one.</summary>
    public Uri? Http2Address => Http2Line.Match(Output) is { Success: true } line
        ? new Uri(line.Groups[1].Value)
        : null;

    /// <summary>The id of the process.</summary>
    public int Id => process.Id;

    /// <summary>The output of the process so far.</summary>
    public string Output
    {
        get
        {
            lock (output)
                return string.Join('\n', output);
        }
    }

    /// <summary>Starts the API on a database and a free port, and waits until it serves.</summary>
    /// <param name="owner">The connection string of the owner; the API connects as its own role.</param>
    /// <param name="settings">Further configuration, such as <c>GroupCommit:MaxGroupSize=1</c>.</param>
    /// <exception cref="InvalidOperationException">
    /// The process ended first; the message has its exit code and its output.
    /// </exception>
    public static Task<BankProcess> StartAsync(string owner, params string[] settings) =>
        StartAsync(owner.Length > 0 ? ApiConnection.Of(owner) : "", owner, settings);

    /// <inheritdoc cref="StartAsync(string, string[])"/>
    /// <param name="api">The connection string of the API.</param>
    /// <param name="maxFiles">The limit of open files; null for that of the tests.</param>
    public static async Task<BankProcess> StartAsync(
        string api, string owner, string[] settings, int? maxFiles = null)
    {
        var process = Launch(api, owner, settings, maxFiles);

        try
        {
            process.Address = await process.started.Task.WaitAsync(Patience);
            HttpVersions.Record(process.Address, process.http1Address!);
            return process;
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts several processes concurrently on one database: all of them or none.</summary>
    public static async Task<BankProcess[]> StartAsync(
        int count, string connectionString, params string[] settings)
    {
        var starts = Enumerable.Range(0, count).Select(_ => StartAsync(connectionString, settings)).ToArray();
        await Burst.SettleAsync(starts);

        try
        {
            return await Task.WhenAll(starts);
        }
        catch
        {
            foreach (var start in starts.Where(start => start.IsCompletedSuccessfully))
                await (await start).DisposeAsync();

            throw;
        }
    }

    /// <summary>Sends SIGTERM, as an orchestrator does, and returns the exit code.</summary>
    public async Task<int> StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        return await ExitAsync();
    }

    /// <summary>Kills the process, as a power failure would.</summary>
    public void Kill() => process.Kill();

    /// <summary>Waits for the end of the process and returns the exit code.</summary>
    public async Task<int> ExitAsync()
    {
        await process.WaitForExitAsync().WaitAsync(Patience);
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }

    static BankProcess Launch(string api, string owner, string[] settings, int? maxFiles)
    {
        var directory = AppContext.BaseDirectory;
        string[] arguments =
        [
            Path.Combine(directory, "Bank.dll"), "--urls", "http://127.0.0.1:0",
            "--Serving:ShutdownDelay=00:00:00",
            .. HttpVersions.IsHttp2 ? [$"{Http2Setting}http://127.0.0.2:0"] : Array.Empty<string>(),
            .. settings.Select(setting => $"--{setting}"),
        ];
        string[] limited = ["-c", $"ulimit -n {maxFiles}; exec dotnet \"$@\"", "sh", .. arguments];
        var start = new ProcessStartInfo(
            maxFiles is null ? "dotnet" : "sh", maxFiles is null ? arguments : limited)
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        start.Environment["ConnectionStrings__Bank"] = api;
        start.Environment["ConnectionStrings__Owner"] = owner;
        start.Environment["Passwords__WorkFactor"] = "4";

        var launched = new BankProcess(new Process { StartInfo = start, EnableRaisingEvents = true });
        launched.Listen();
        return launched;
    }

    void Listen()
    {
        process.OutputDataReceived += (_, line) => Read(line.Data);
        process.ErrorDataReceived += (_, line) => Read(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _ = RecordExitAsync();
    }

    void Read(string? line)
    {
        if (line is null)
            return;

        lock (output)
            output.Add(line);

        if (ServingLine.Match(line) is { Success: true } serving)
            http1Address = new Uri(serving.Groups[1].Value);

        if (http1Address is not null && (!hasHttp2 || Http2Line.IsMatch(line)))
            started.TrySetResult(isHttp2 ? Http2Address! : http1Address);
    }

    async Task RecordExitAsync()
    {
        await process.WaitForExitAsync();
        started.TrySetException(new InvalidOperationException(
            $"The API ended with exit code {process.ExitCode} before it served:\n{Output}"));
    }

    [GeneratedRegex("Bank serves on ([^ ,]+)")]
    static partial Regex ServingLine { get; }

    [GeneratedRegex(@"Bank serves HTTP/2 alone on (\S+)")]
    static partial Regex Http2Line { get; }
}
