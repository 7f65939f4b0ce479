using System.Net;
using Bank.Tests.Harness;

namespace Bank.Tests.Security;

/// <summary>
/// Guessing from a customer's own address does not lock out the customer's connection, and the customer's
/// requests grant no further guesses. The API has no proxies and low limits.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class StrangersTests(BankServer server) : IAsyncLifetime
{
    const int FailuresPerUser = 3;
    const int FailuresThatEndTrust = 5;
    const int ShareOfAddress = 2;

    IsolatedBank bank = null!;
    Customer customer = null!;

    public async ValueTask InitializeAsync()
    {
        bank = await IsolatedBank.StartAsync(
            server, $"Limits:FailedSignInsPerUser={FailuresPerUser}", "Limits:FailedSignInsPerAddress=6");
        customer = await bank.RegisterAsync();
    }

    public ValueTask DisposeAsync() => bank.DisposeAsync();

    [Fact]
    public async Task Guesses_at_the_same_address_keep_a_signed_in_connection()
    {
        using var before = await customer.Http.GetAsync("/auth/me");

        var guesses = await GuessAsync(16);
        using var after = await customer.Http.GetAsync("/auth/me");
        using var elsewhere = bank.Anonymous();
        elsewhere.DefaultRequestHeaders.Authorization = customer.Http.DefaultRequestHeaders.Authorization;
        using var onAnotherConnection = await elsewhere.GetAsync("/auth/me");

        before.StatusCode.ShouldBe(HttpStatusCode.OK);
        guesses.ShouldContain(HttpStatusCode.TooManyRequests);
        after.StatusCode.ShouldBe(HttpStatusCode.OK);
        onAnotherConnection.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_customers_requests_grant_no_guesses_at_the_same_address()
    {
        var guesses = new List<HttpStatusCode>();

        for (var round = 0; round < 16; round++)
        {
            using var request = await customer.Http.GetAsync("/auth/me");
            request.StatusCode.ShouldBe(HttpStatusCode.OK);
            guesses.AddRange(await GuessAsync(1));
        }

        guesses.Count(guess => guess == HttpStatusCode.Unauthorized)
            .ShouldBe(FailuresThatEndTrust + ShareOfAddress);
    }

    [Fact]
    public async Task New_connections_of_a_customer_grant_no_guesses()
    {
        var guesses = new List<HttpStatusCode>();

        for (var round = 0; round < 16; round++)
        {
            using var request = await customer.At(bank.Address).Http.GetAsync("/auth/me");
            guesses.AddRange(await GuessAsync(1));
        }

        guesses.Count(guess => guess == HttpStatusCode.Unauthorized)
            .ShouldBe(FailuresThatEndTrust + ShareOfAddress);
    }

    [Fact]
    public async Task Five_failed_sign_ins_end_the_trust_in_a_connection()
    {
        using var before = await customer.Http.GetAsync("/auth/me");
        var right = customer.Http.DefaultRequestHeaders.Authorization;

        for (var guess = 0; guess < FailuresThatEndTrust; guess++)
        {
            customer.Http.DefaultRequestHeaders.Authorization =
                Customer.Basic(customer.Username, Names.New());
            (await customer.Http.GetAsync("/auth/me")).Dispose();
        }

        customer.Http.DefaultRequestHeaders.Authorization = right;
        using var after = await customer.Http.GetAsync("/auth/me");

        before.StatusCode.ShouldBe(HttpStatusCode.OK);
        after.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
    }

    async Task<List<HttpStatusCode>> GuessAsync(int times)
    {
        using var stranger = bank.Anonymous();
        var guesses = new List<HttpStatusCode>();

        for (var guess = 0; guess < times; guess++)
        {
            stranger.DefaultRequestHeaders.Authorization = Customer.Basic(customer.Username, Names.New());
            using var answer = await stranger.GetAsync("/auth/me");
            guesses.Add(answer.StatusCode);
        }

        return guesses;
    }
}
