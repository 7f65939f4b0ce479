using System.Net;
using Bank.Tests.Harness;

namespace Bank.Tests.Security;

/// <summary>Limits of an API without trusted proxies, where no client can forge its address.</summary>
[Trait("Speed", "Slow")]
public sealed class RequestLimitTests(BankServer server) : IAsyncLifetime
{
    const int RequestsPerUser = 5;
    const int FailuresPerAddress = 3;

    IsolatedBank bank = null!;

    public async ValueTask InitializeAsync() => bank = await IsolatedBank.StartAsync(
        server,
        $"Limits:RequestsPerUser={RequestsPerUser}",
        $"Limits:FailedSignInsPerAddress={FailuresPerAddress}");

    public ValueTask DisposeAsync() => bank.DisposeAsync();

    [Fact]
    public async Task The_request_limit_applies_to_each_user_per_second()
    {
        var hasty = await bank.RegisterAsync();
        var calm = await bank.RegisterAsync();

        var responses = await Burst.OfAsync(20 * RequestsPerUser, _ => hasty.Http.GetAsync("/auth/me"));
        using var other = await calm.Http.GetAsync("/auth/me");

        responses.ShouldContain(response => response.IsSuccessStatusCode);
        responses.ShouldContain(response => response.StatusCode == HttpStatusCode.TooManyRequests);
        await responses.ShouldOtherwiseBeAsync(HttpStatusCode.TooManyRequests, "too_many_requests");
        responses.ShouldAllBe(response =>
            response.IsSuccessStatusCode || response.Headers.RetryAfter!.Delta > TimeSpan.Zero);
        other.StatusCode.ShouldBe(HttpStatusCode.OK);
        await Eventually.TrueAsync(
            async () => (await hasty.Http.GetAsync("/auth/me")).IsSuccessStatusCode, "the second is over");
    }

    [Fact]
    public async Task X_Forwarded_For_is_ignored_without_a_trusted_proxy()
    {
        using var http = bank.Anonymous();
        var answers = new List<HttpStatusCode>();

        for (var failure = 0; failure <= FailuresPerAddress; failure++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/auth/me");
            request.Headers.Authorization = Customer.Basic(Names.New(), "a wrong one");
            request.Headers.Add("X-Forwarded-For", LimitedBank.NewAddress());
            using var response = await http.SendAsync(request);
            answers.Add(response.StatusCode);
        }

        answers[..FailuresPerAddress].ShouldAllBe(status => status == HttpStatusCode.Unauthorized);
        answers[^1].ShouldBe(HttpStatusCode.TooManyRequests);
        await Eventually.TrueAsync(
            () => bank.Output.Contains("X-Forwarded-For came from 127.0.0.1"), "the operator is warned");
        bank.Output.Split("X-Forwarded-For came").Length.ShouldBe(2, "once, however often it comes");
    }
}
