using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;
using Bank.Tests.Harness;

namespace Bank.Tests.Infrastructure.OpenApi;

/// <summary>
/// No schema of the document refuses a response of the API, in the validator that most tools use.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class ValidatorTests(BankServer bank)
{
    [Fact]
    public async Task Ajv_accepts_every_example_and_every_real_response()
    {
        using var directory = await NodeDirectory.CreateAsync();
        var recorder = new Recorder();
        await LiveAsync(recorder);
        using var http = bank.Anonymous();
        await directory.WriteAsync("openapi.json", await http.GetStringAsync("/openapi.json"));
        await directory.WriteAsync("sent.json", recorder.Sent);

        var checks = await directory.RunAsync("node", "validate.js", "openapi.json", "sent.json");

        using var counts = JsonDocument.Parse(checks);
        counts.RootElement.GetProperty("examples").GetInt32().ShouldBeGreaterThan(100);
        counts.RootElement.GetProperty("responses").GetInt32().ShouldBeGreaterThan(30);
    }

    /// <summary>Sends a request of nearly every kind, with amounts that have no exact binary form.</summary>
    async Task LiveAsync(Recorder recorder)
    {
        var registered = await bank.RegisterAsync();
        var customer = registered.At(bank.Address, recorder);
        var http = customer.Http;
        var (one, other) = (await customer.OpenAccountAsync(143.48m), await customer.OpenAccountAsync());
        var paid = await customer.PayAsync(one, other, 19.99m);
        var hold = await customer.HoldAsync(one, other, 1.11m);
        await customer.PostBatchAsync([(one, other, 0.07m), (other, one, 0.94m)]);
        await customer.BulkAsync([new { from = one, to = other, amount = 0.29m }, new { from = one }]);
        await customer.WithdrawAsync(one, 4.35m);
        await customer.RefundAsync(paid, 8.2m);
        await customer.RefundAsync(paid, 100m);
        await customer.CaptureAsync(hold, 1.1m);
        await customer.CaptureAsync(hold);
        await customer.ReleaseAsync(await customer.HoldAsync(one, other, 0.57m));
        await customer.WithdrawAsync(one, 1_000_000m);
        await customer.DepositAsync(one, 0.001m);
        await customer.PostAsync("/transactions/deposit", "no JSON");
        const string password = Customer.Password;
        await http.PutAsJsonAsync("/auth/password", new { current_password = "x", new_password = password });
        await http.PostAsJsonAsync("/auth/register", new { username = Names.New(), password });
        await http.PostAsJsonAsync("/auth/register", new { username = customer.Username, password });

        string[] addresses =
        [
            "/auth/me", $"/users/{customer.Username}", "/users/nobody-has-this-name", "/accounts/",
            $"/accounts/{one}", "/accounts/0", "/accounts/x", $"/accounts/{one}/balance",
            $"/accounts/{one}/statement", $"/accounts/{one}/holds", $"/transactions/account/{one}",
            $"/transactions/{paid}", $"/transactions/{Guid.Empty}", $"/holds/{hold}", $"/holds/{Guid.Empty}",
            "/health", "/health/ready",
        ];

        foreach (var address in addresses)
            (await http.GetAsync(address)).Dispose();

        http.DefaultRequestHeaders.Authorization = null;
        (await http.GetAsync("/auth/me")).Dispose();
    }

    /// <summary>Records the JSON of all responses.</summary>
    sealed class Recorder() : DelegatingHandler(new SocketsHttpHandler())
    {
        readonly ConcurrentQueue<object> sent = new();

        public string Sent => JsonSerializer.Serialize(sent);

        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            await response.Content.LoadIntoBufferAsync(cancellationToken);
            var body = await response.Content.ReadAsStringAsync(cancellationToken);

            sent.Enqueue(new
            {
                method = request.Method.Method.ToLowerInvariant(),
                path = request.RequestUri!.AbsolutePath,
                status = (int)response.StatusCode,
                type = response.Content.Headers.ContentType!.MediaType,
                body = JsonDocument.Parse(body).RootElement,
            });

            return response;
        }
    }
}
