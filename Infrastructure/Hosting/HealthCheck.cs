namespace Bank.Infrastructure.Hosting;

/// <summary>
/// The program's mode for images without an HTTP client: checks whether the API on this machine is ready.
/// </summary>
static class HealthCheck
{
    /// <summary>The only argument of this mode.</summary>
    public const string Argument = "health";

    static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    /// <returns>The exit code: 0 if the API is ready, else 1.</returns>
    public static async Task<int> RunAsync()
    {
        using var http = new HttpClient { BaseAddress = new Uri(Address()), Timeout = Timeout };

        try
        {
            using var response = await http.GetAsync("/health/ready");
            return response.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException)
        {
            return 1;
        }
    }

    /// <summary>The first address that the environment configures for the API.</summary>
    static string Address() =>
        First("ASPNETCORE_URLS") is { } address ? Addresses.ToOpenable(address)
        : First("ASPNETCORE_HTTP_PORTS") is { } port ? $"http://localhost:{port}"
        : Addresses.Default;

    static string? First(string variable) =>
        Environment.GetEnvironmentVariable(variable)?.Split(';', StringSplitOptions.RemoveEmptyEntries)
            .FirstOrDefault();
}
