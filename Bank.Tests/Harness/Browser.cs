using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Bank.Tests.Harness;

/// <summary>
/// A headless Chromium with a profile of its own and one tab, driven over the DevTools protocol.
/// </summary>
sealed class Browser : IAsyncDisposable
{
    static readonly string[] Programs =
        ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

    readonly CancellationTokenSource patience = new(TimeSpan.FromSeconds(60));
    readonly DirectoryInfo profile = Directory.CreateTempSubdirectory("bank-browser-");
    readonly ClientWebSocket devTools = new();
    readonly Process process;
    string? session;
    int lastId;
    int loads;

    Browser(string program) => process = Process.Start(new ProcessStartInfo(program, [
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
        "--disable-background-networking", "--remote-debugging-port=0",
        $"--user-data-dir={profile.FullName}", "about:blank",
    ])
    {
        RedirectStandardError = true,
        RedirectStandardOutput = true,
    })!;

    /// <summary>Starts the browser; the test is skipped where there is none.</summary>
    public static async Task<Browser> StartAsync()
    {
        var program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .SelectMany(directory => Programs.Select(name => Path.Combine(directory, name)))
            .FirstOrDefault(File.Exists);
        Assert.SkipUnless(program is not null, "No Chromium is installed.");
        var browser = new Browser(program!);

        try
        {
            await browser.ConnectAsync();
            return browser;
        }
        catch
        {
            await browser.DisposeAsync();
            throw;
        }
    }

    /// <summary>Opens an address and waits until it is loaded.</summary>
    public async Task OpenAsync(string address)
    {
        loads = 0;
        await CallAsync("Page.navigate", new JsonObject { ["url"] = address });
        await WaitForLoadAsync();
    }

    /// <summary>Runs a script that leads to another page, and waits until that is loaded.</summary>
    public async Task LeaveAsync(string script)
    {
        loads = 0;
        await EvaluateAsync(script);
        await WaitForLoadAsync();
    }

    /// <summary>The result of a script on the page; of a promise, its value.</summary>
    public async Task<string> EvaluateAsync(string script)
    {
        var result = await CallAsync("Runtime.evaluate", new JsonObject
        {
            ["expression"] = script,
            ["awaitPromise"] = true,
            ["returnByValue"] = true,
        });
        result.TryGetProperty("exceptionDetails", out var thrown).ShouldBeFalse($"{script}: {thrown}");

        return result.GetProperty("result").TryGetProperty("value", out var value) ? $"{value}" : "";
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
        devTools.Dispose();
        patience.Dispose();
        profile.Delete(recursive: true);
    }

    async Task ConnectAsync()
    {
        const string Listening = "DevTools listening on ";
        string? line;

        do
            line = await process.StandardError.ReadLineAsync(patience.Token);
        while (line?.StartsWith(Listening, StringComparison.Ordinal) == false);

        line.ShouldNotBeNull("Chromium ended before it listened.");
        _ = process.StandardError.ReadToEndAsync();
        await devTools.ConnectAsync(new Uri(line[Listening.Length..]), patience.Token);

        var tab = await CallAsync("Target.createTarget", new JsonObject { ["url"] = "about:blank" });
        var attached = await CallAsync("Target.attachToTarget", new JsonObject
        {
            ["targetId"] = tab.GetProperty("targetId").GetString(),
            ["flatten"] = true,
        });
        session = attached.GetProperty("sessionId").GetString();
        await CallAsync("Page.enable", []);
    }

    async Task WaitForLoadAsync()
    {
        while (loads == 0)
            await ReceiveAsync();
    }

    async Task<JsonElement> CallAsync(string method, JsonObject parameters)
    {
        var call = new JsonObject { ["id"] = ++lastId, ["method"] = method, ["params"] = parameters };

        if (session is not null)
            call["sessionId"] = session;

        await devTools.SendAsync(
            JsonSerializer.SerializeToUtf8Bytes(call), WebSocketMessageType.Text, true, patience.Token);

        while (true)
        {
            var message = await ReceiveAsync();

            if (message.TryGetProperty("id", out var id) && id.GetInt32() == lastId)
            {
                message.TryGetProperty("error", out var error).ShouldBeFalse($"{method}: {error}");
                return message.GetProperty("result");
            }
        }
    }

    /// <summary>The next message, an answer or an event.</summary>
    async Task<JsonElement> ReceiveAsync()
    {
        using var text = new MemoryStream();
        var buffer = new byte[16 * 1024];
        ValueWebSocketReceiveResult part;

        do
        {
            part = await devTools.ReceiveAsync(buffer.AsMemory(), patience.Token);
            text.Write(buffer.AsSpan(0, part.Count));
        }
        while (!part.EndOfMessage);

        var message = JsonDocument.Parse(text.ToArray()).RootElement;

        if (message.TryGetProperty("method", out var name) && name.ValueEquals("Page.loadEventFired"))
            loads++;

        return message;
    }
}
