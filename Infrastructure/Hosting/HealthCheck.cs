namespace Bank.Infrastructure.Hosting;

/// <summary>
/// The program's other mode, for images that have no client of their own: asks the API on this machine whether
/// it is ready.
/// </summary>
static class HealthCheck
{
    /// <summary>The one argument that asks for it.</summary>
    public const string Argument = "health";

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Answers the exit code: 0 when the API is ready, else 1.</summary>
    public static async Task<int> RunAsync()
    {
        using var http = new HttpClient { BaseAddress = new Uri(Address()), Timeout = Patience };

        try
        {
            using var answer = await http.GetAsync("/health/ready");
            return answer.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception away) when (away is HttpRequestException or OperationCanceledException)
        {
            return 1;
        }
    }

    /// <summary>The first address of those that the environment tells the API to serve on.</summary>
    static string Address() =>
        First("ASPNETCORE_URLS") is { } address ? Addresses.ToOpen(address)
        : First("ASPNETCORE_HTTP_PORTS") is { } port ? $"http://localhost:{port}"
        : Addresses.Default;

    static string? First(string variable) =>
        Environment.GetEnvironmentVariable(variable)?.Split(';', StringSplitOptions.RemoveEmptyEntries)
            .FirstOrDefault();
}
