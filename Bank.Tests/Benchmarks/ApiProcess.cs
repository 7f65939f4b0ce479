using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Bank.Benchmarks;

/// <summary>The API as its users run it: a process of its own, in Production, on a socket.</summary>
sealed class ApiProcess : IAsyncDisposable
{
    /// <summary>
    /// The argument with which this program serves the API: with the endpoints of this program, too.
    /// </summary>
    public const string Argument = "serve";

    readonly Process process;

    ApiProcess(Process process, Uri address, Uri http2Address)
    {
        this.process = process;
        Address = address;
        Http2Address = http2Address;
    }

    public Uri Address { get; }

    /// <summary>Where it speaks HTTP/2 without TLS.</summary>
    public Uri Http2Address { get; }

    /// <summary>Resident memory in megabytes.</summary>
    public double ResidentMegabytes
    {
        get
        {
            process.Refresh();
            return process.WorkingSet64 / 1e6;
        }
    }

    /// <summary>Processor time used so far.</summary>
    public TimeSpan ProcessorTime => ProcessorTimes.Of(process.Id);

    public static async Task<ApiProcess> StartAsync(
        string connectionString, params (string Name, string Value)[] settings)
    {
        var address = new Uri($"http://127.0.0.1:{FreePort()}");
        var http2Address = new Uri($"http://127.0.0.1:{FreePort()}");
        var start = new ProcessStartInfo(
            "dotnet", [typeof(ApiProcess).Assembly.Location, Argument])
        {
            WorkingDirectory = AppContext.BaseDirectory,
        };
        start.Environment["ASPNETCORE_URLS"] = address.ToString();
        start.Environment["Serving__Http2Address"] = http2Address.ToString();
        start.Environment["ConnectionStrings__Owner"] = connectionString;
        start.Environment["ConnectionStrings__Bank"] =
            new NpgsqlConnectionStringBuilder(connectionString) { Username = "bank_api" }.ConnectionString;
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        // All deposits to the hot account are one user's.
        start.Environment["Limits__RequestsPerUser"] = "0";
        // A password that bcrypt checks again while a benchmark runs takes 200 ms of a core.
        start.Environment["Passwords__RememberFor"] = "10:00:00";

        foreach (var (name, value) in settings)
            start.Environment[name] = value;

        var api = new ApiProcess(Process.Start(start)!, address, http2Address);
        await api.WaitUntilReadyAsync();

        return api;
    }

    public async ValueTask DisposeAsync()
    {
        using var stop = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
        await process.WaitForExitAsync();
        process.Dispose();
    }

    async Task WaitUntilReadyAsync()
    {
        using var http = new HttpClient { BaseAddress = Address };

        while (!process.HasExited)
        {
            try
            {
                if ((await http.GetAsync(new Uri("/health/ready", UriKind.Relative))).IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }

            await Task.Delay(100);
        }

        throw new InvalidOperationException("The API did not start.");
    }

    /// <summary>
    /// Signs everyone in once, one after the other, so that nobody runs into the limits of bcrypt.
    /// </summary>
    public async Task SignInAsync(IEnumerable<string> authorizations)
    {
        using var http = new HttpClient { BaseAddress = Address };

        foreach (var authorization in authorizations)
        {
            // The first requests of a process may take too long on a busy machine.
            while (await SignInAsync(http, authorization) == HttpStatusCode.ServiceUnavailable)
            {
            }
        }
    }

    static async Task<HttpStatusCode> SignInAsync(HttpClient http, string authorization)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/auth/me");
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
        using var response = await http.SendAsync(request);

        return response.StatusCode is HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable
            ? response.StatusCode
            : throw new InvalidOperationException($"A user could not sign in: {response.StatusCode}");
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
