using System.Net;

namespace Bank.Infrastructure.Hosting;

/// <summary>
/// The program's mode for images without an HTTP client: checks whether the API on this machine is ready.
/// </summary>
static class HealthCheck
{
    /// <summary>The first argument of this mode; the API's own arguments may follow.</summary>
    public const string Argument = "health";

    static readonly TimeSpan Timeout = TimeSpan.FromSeconds(8);

    /// <param name="arguments">Settings on the command line.</param>
    /// <returns>The exit code: 0 if the API is ready, else 1.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        foreach (var configured in RunningApi.Arguments(arguments).Select(ReadSettings))
        {
            if (!await IsReadyAsync(Addresses.FromSettings(configured)))
                return 1;
        }

        return 0;
    }

    static IConfiguration ReadSettings(string[] arguments) =>
        WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = arguments,
            ContentRootPath = ContentRoot.Find(arguments),
        }).Configuration;

    /// <summary>Whether the API is ready at one of its addresses.</summary>
    static async Task<bool> IsReadyAsync(IEnumerable<string> addresses)
    {
        foreach (var address in addresses)
        {
            if (await IsReadyAsync(address))
                return true;
        }

        return false;
    }

    static async Task<bool> IsReadyAsync(string address)
    {
        using var handler = LocalHandler.Create(address, out var url);
        using var http = new HttpClient(handler) { Timeout = Timeout };

        try
        {
            using var response = await http.GetAsync(new Uri(url, "/health/ready"));

            // So Kestrel answers HTTP/1.1 at an address that speaks HTTP/2 alone.
            if (response.StatusCode == HttpStatusCode.BadRequest)
                return await IsReadyOverHttp2Async(http, url);

            return response.IsSuccessStatusCode;
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }

    static async Task<bool> IsReadyOverHttp2Async(HttpClient http, Uri url)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(url, "/health/ready"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using var response = await http.SendAsync(request);

        return response.IsSuccessStatusCode;
    }
}
