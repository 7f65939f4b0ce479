using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Bank.Cells;

/// <summary>One Bank, as its operator or as one of its customers.</summary>
sealed class Cell(string name, CellEntry entry)
{
    static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(15) };

    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    public string Name => name;

    public long Transit => entry.Transit;

    public decimal Funds => entry.Funds;

    public string[] VerifyCommand => entry.Verify ?? [];

    /// <summary>The account for another cell.</summary>
    public long SettlementWith(string other) =>
        entry.Settlement?.GetValueOrDefault(other) is > 0 and var account ? account
        : throw new CellException($"{name} has no settlement account for {other}: run setup.");

    /// <summary>
    /// Posts with a key until the response is final. The same key always gets the same response, so this may
    /// be repeated by anybody at any time.
    /// </summary>
    /// <returns>The response's body; null if the cell refused.</returns>
    public async Task<JsonElement?> PostAsync(
        string path, object body, string key, (string Name, string Password)? customer = null)
    {
        while (true)
        {
            using var request = Request(HttpMethod.Post, path, customer);
            request.Headers.Add("Idempotency-Key", key);
            request.Content = JsonContent.Create(body);

            if (await SendAsync(request) is not { } response)
                continue;

            using (response)
            {
                var json = await response.Content.ReadFromJsonAsync<JsonElement>();

                if (response.IsSuccessStatusCode)
                    return json;

                if (response.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.NotFound)
                    return null;

                throw new CellException($"{name}: POST {path} was answered with {json}");
            }
        }
    }

    /// <summary>Reads until the cell answers.</summary>
    public async Task<(JsonElement Body, string? NextPage)> GetAsync(string path)
    {
        while (true)
        {
            using var request = Request(HttpMethod.Get, path, customer: null);

            if (await SendAsync(request) is not { } response)
                continue;

            using (response)
            {
                var json = await response.Content.ReadFromJsonAsync<JsonElement>();
                var cursor = response.Headers.TryGetValues("Next-Cursor", out var cursors)
                    ? cursors.Single()
                    : null;

                return response.IsSuccessStatusCode ? (json, cursor)
                    : throw new CellException($"{name}: GET {path} was answered with {json}");
            }
        }
    }

    public async Task<decimal> BalanceAsync(long account) =>
        (await GetAsync($"/accounts/{account}")).Body.GetProperty("balance").GetDecimal();

    HttpRequestMessage Request(HttpMethod method, string path, (string Name, string Password)? customer)
    {
        var (user, password) = customer ?? (entry.Operator, entry.Password);
        var credentials = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"));

        return new HttpRequestMessage(method, entry.Address.TrimEnd('/') + path)
        {
            Headers = { Authorization = new AuthenticationHeaderValue("Basic", credentials) },
        };
    }

    /// <summary>
    /// The response; null, after a pause, if the cell is away or busy, or does not know the outcome yet.
    /// </summary>
    static async Task<HttpResponseMessage?> SendAsync(HttpRequestMessage request)
    {
        try
        {
            var response = await Http.SendAsync(request);

            if (response.StatusCode is not HttpStatusCode.TooManyRequests && (int)response.StatusCode < 500)
                return response;

            response.Dispose();
        }
        catch (Exception away) when (away is HttpRequestException or TaskCanceledException or IOException)
        {
            // Whether it arrived or not: the key makes it safe to send it again.
        }

        await Task.Delay(Pause);
        return null;
    }
}
