using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Bank.Tests.Harness;

/// <summary>A registered user with a client that signs in as that user on every request.</summary>
public sealed class Customer(string username, HttpClient http)
{
    public const string Password = "correct horse";

    public string Username { get; } = username;

    /// <summary>Sends requests as this customer.</summary>
    public HttpClient Http { get; } = http;

    public static Task<Customer> RegisterAsync(Uri address) =>
        RegisterAsync(address, $"customer-{Guid.NewGuid():n}");

    public static async Task<Customer> RegisterAsync(Uri address, string username)
    {
        var http = HttpVersions.CreateClient(address);
        using var response = await http.PostAsJsonAsync(
            "/auth/register", new { username, password = Password });

        // The first request of a process may exceed the short timeout of a test.
        if (response.StatusCode == HttpStatusCode.ServiceUnavailable)
            return await RegisterAsync(address);

        response.EnsureSuccessStatusCode();
        http.DefaultRequestHeaders.Authorization = Basic(username, Password);

        return new Customer(username, http);
    }

    /// <summary>The Authorization header of HTTP Basic.</summary>
    public static AuthenticationHeaderValue Basic(string username, string password) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{username}:{password}")));

    /// <summary>The same customer at another API.</summary>
    public Customer At(Uri address, HttpMessageHandler? handler = null)
    {
        var http = HttpVersions.CreateClient(address, handler);
        http.DefaultRequestHeaders.Authorization = Http.DefaultRequestHeaders.Authorization;
        return new Customer(Username, http);
    }

    /// <summary>Makes a key and returns its id and its text.</summary>
    public async Task<(long Id, string Text)> CreateKeyAsync(string? scope = null, int? expires_in = null)
    {
        using var created = await Http.PostAsJsonAsync(
            "/auth/keys", new { name = "a program", scope, expires_in });
        var key = await created.EnsureSuccessStatusCode().JsonAsync();

        return (key.GetProperty("id").GetInt64(), key.GetProperty("key").GetString()!);
    }

    /// <summary>Makes a webhook and returns its id and its secret.</summary>
    public async Task<(long Id, string Secret)> CreateWebhookAsync(long account, string url)
    {
        using var created = await Http.PostAsJsonAsync($"/accounts/{account}/webhooks", new { url });
        var webhook = await created.EnsureSuccessStatusCode().JsonAsync();

        return (webhook.GetProperty("id").GetInt64(), webhook.GetProperty("secret").GetString()!);
    }

    /// <summary>The only webhook of an account, as it is listed.</summary>
    public async Task<JsonElement> WebhookAsync(long account) =>
        (await Http.GetFromJsonAsync<JsonElement[]>($"/accounts/{account}/webhooks"))!.Single();

    /// <summary>Replays a webhook after a sequence.</summary>
    public Task<HttpResponseMessage> ReplayAsync(long webhook, long after) =>
        Http.PostAsJsonAsync($"/webhooks/{webhook}/replay", new { after });

    /// <summary>The same customer, signing in with a key in place of the password.</summary>
    public Customer WithKey(string key) => SigningInBy(Basic(Username, key));

    /// <summary>The same customer, signing in with a key alone.</summary>
    public Customer WithBearer(string key) => SigningInBy(new("Bearer", key));

    Customer SigningInBy(AuthenticationHeaderValue credentials)
    {
        var http = new HttpClient { BaseAddress = Http.BaseAddress };
        http.DefaultRequestHeaders.Authorization = credentials;

        return new Customer(Username, http);
    }

    /// <summary>Sends this Accept header from now on, just as it is; null for none.</summary>
    public void Accept(string? header)
    {
        Http.DefaultRequestHeaders.Remove("Accept");

        if (header is not null)
            Http.DefaultRequestHeaders.TryAddWithoutValidation("Accept", header);
    }

    /// <summary>The status of a request with these credentials.</summary>
    public async Task<HttpStatusCode> StatusAsync()
    {
        using var response = await Http.GetAsync("/auth/me");
        return response.StatusCode;
    }

    /// <summary>The id of the user.</summary>
    public async Task<long> IdAsync() =>
        (await Http.GetFromJsonAsync<JsonElement>("/auth/me")).GetProperty("id").GetInt64();

    /// <summary>Opens an account and deposits its first balance.</summary>
    public async Task<long> OpenAccountAsync(decimal balance = 0)
    {
        using var opened = await Http.PostAsync("/accounts/", null);
        var account = (await opened.EnsureSuccessStatusCode().JsonAsync()).GetProperty("id").GetInt64();

        if (balance > 0)
        {
            using var deposited = await DepositAsync(account, balance);
            deposited.EnsureSuccessStatusCode();
        }

        return account;
    }

    /// <summary>Opens an account with a currency.</summary>
    public async Task<long> OpenAccountAsync(string currency)
    {
        using var opened = await SendAsync("/accounts/", new { currency }, key: null);
        return (await opened.EnsureSuccessStatusCode().JsonAsync()).GetProperty("id").GetInt64();
    }

    /// <summary>Deposits an amount in a currency.</summary>
    public async Task DepositInAsync(long account, decimal amount, string currency)
    {
        using var deposited = await SendAsync(
            "/transactions/deposit", new { account_id = account, amount, currency }, key: null);
        deposited.EnsureSuccessStatusCode();
    }

    public Task<HttpResponseMessage> DepositAsync(long account, decimal amount, string? key = null) =>
        SendAsync("/transactions/deposit", new { account_id = account, amount }, key);

    public Task<HttpResponseMessage> WithdrawAsync(long account, decimal amount, string? key = null) =>
        SendAsync("/transactions/withdrawal", new { account_id = account, amount }, key);

    public Task<HttpResponseMessage> TransferAsync(long from, long to, decimal amount, string? key = null) =>
        SendAsync("/transactions/transfer", new { from, to, amount }, key);

    public Task<HttpResponseMessage> BulkAsync(IEnumerable<object> transfers, string? key = null) =>
        SendAsync("/transactions/bulk", new { transfers }, key);

    public Task<HttpResponseMessage> PlaceHoldAsync(
        long from, long to, decimal amount, int? expires_in = null, string? key = null) =>
        SendAsync("/holds", new { from, to, amount, expires_in }, key);

    /// <summary>Places a hold and returns its id.</summary>
    public async Task<Guid> HoldAsync(long from, long to, decimal amount, int? expires_in = null)
    {
        using var placed = await PlaceHoldAsync(from, to, amount, expires_in);
        return (await placed.EnsureSuccessStatusCode().JsonAsync()).GetProperty("id").GetGuid();
    }

    public Task<HttpResponseMessage> CaptureAsync(Guid hold, decimal? amount = null, string? key = null) =>
        SendAsync($"/holds/{hold}/capture", new { amount }, key);

    public Task<HttpResponseMessage> ReleaseAsync(Guid hold, string? key = null) =>
        SendAsync($"/holds/{hold}/release", new { }, key);

    /// <summary>Transfers and returns the id of the transaction.</summary>
    public async Task<Guid> PayAsync(long from, long to, decimal amount)
    {
        using var posted = await TransferAsync(from, to, amount);
        return (await posted.EnsureSuccessStatusCode().JsonAsync()).GetProperty("id").GetGuid();
    }

    public Task<HttpResponseMessage> RefundAsync(
        Guid transaction, decimal? amount = null, string? key = null) =>
        SendAsync($"/transactions/{transaction}/refund", new { amount }, key);

    /// <summary>Posts a batch of transfers.</summary>
    public Task<HttpResponseMessage> PostBatchAsync(
        IEnumerable<(long From, long To, decimal Amount)> transfers, string? key = null) => SendAsync(
        "/transactions/batch",
        new
        {
            transfers = transfers.Select(one => new { from = one.From, to = one.To, amount = one.Amount }),
        },
        key);

    public Task<JsonElement> TransactionAsync(Guid id) =>
        Http.GetFromJsonAsync<JsonElement>($"/transactions/{id}");

    public async Task<decimal> AvailableAsync(long account) =>
        (await Http.GetFromJsonAsync<JsonElement>($"/accounts/{account}"))
            .GetProperty("available").GetDecimal();

    /// <summary>Posts a body unchanged, byte for byte.</summary>
    public async Task<HttpResponseMessage> PostAsync(string path, string json, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent(json, Encoding.UTF8, "application/json"),
        };

        if (key is not null)
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);

        return await Http.SendAsync(request);
    }

    /// <summary>Posts an empty body, with a media type if one is given.</summary>
    public async Task<HttpResponseMessage> PostNothingAsync(string path, string? contentType)
    {
        using var nothing = new ByteArrayContent([]);

        if (contentType is not null)
            nothing.Headers.ContentType = new MediaTypeHeaderValue(contentType);

        return await Http.PostAsync(path, nothing);
    }

    public async Task<decimal> BalanceAsync(long account) =>
        (await Http.GetFromJsonAsync<JsonElement>($"/accounts/{account}"))
            .GetProperty("balance").GetDecimal();

    /// <summary>The whole history of an account, oldest first.</summary>
    public async Task<JsonElement[]> HistoryAsync(long account) =>
        (await Http.GetFromJsonAsync<JsonElement[]>($"/transactions/account/{account}?limit=1000"))!;

    Task<HttpResponseMessage> SendAsync(string path, object body, string? key) =>
        PostAsync(path, JsonSerializer.Serialize(body), key);

    /// <summary>Polls a transaction until its outcome is known.</summary>
    public async Task<HttpResponseMessage> WaitForOutcomeAsync(Guid transaction)
    {
        HttpResponseMessage? answer = null;
        await Eventually.TrueAsync(
            async () =>
            {
                answer?.Dispose();
                answer = await Http.GetAsync($"/transactions/{transaction}");
                return answer.StatusCode != HttpStatusCode.ServiceUnavailable;
            },
            "the outcome is known");

        return answer!;
    }
}
