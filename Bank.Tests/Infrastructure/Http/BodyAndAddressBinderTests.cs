using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Bank.Infrastructure.Http;
using Bank.Tests.Harness;
using FastEndpoints;
using FluentValidation.Results;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Bank.Tests.Infrastructure.Http;

/// <summary>Each member of a request is bound from one source, whatever the other sources contain.</summary>
public sealed class BodyAndAddressBinderTests(BankServer bank) : IAsyncLifetime
{
    WebApplication app = null!;
    HttpClient http = null!;

    /// <summary>Serves requests that no endpoint has, bound like those of an endpoint.</summary>
    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        app = builder.Build();
        app.MapPost("/things/{id}/verb", EchoAsync<VerbRequest>);
        app.MapPost("/things/{id}/amounts/{amount}", EchoAsync<VerbRequest>);
        app.MapPost("/things/{id}/bare", EchoAsync<BareRequest>);
        await app.StartAsync();
        http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
    }

    [Fact]
    public async Task Binder_reads_each_member_from_its_declared_source()
    {
        var request = await PostAsync("/things/7/verb?page=2", """{"amount": 10.5, "note": "a"}""", key: "k");

        request.ShouldBe(new VerbRequest(7, 10.5m, "a", 2) { IdempotencyKey = "k" });
    }

    [Fact]
    public async Task Binder_uses_the_default_of_an_omitted_member()
    {
        var request = await PostAsync("/things/7/verb", "{}");

        request.ShouldBe(new VerbRequest(7, null));
    }

    [Theory]
    [InlineData("?amount=9&note=b&id=8")]
    [InlineData("?Amount=9&NOTE=b&Id=8")]
    [InlineData("?amount=many&id=none")]
    [InlineData("?amount=9&amount=10&idempotency-key=q&idempotency_key=q&IdempotencyKey=q")]
    public async Task Binder_ignores_query_parameters_named_like_body_members(string query)
    {
        var request = await PostAsync($"/things/7/verb{query}", """{"amount": 1, "note": "a"}""");

        request.ShouldBe(new VerbRequest(7, 1m, "a"));
    }

    [Theory]
    [InlineData("9")]
    [InlineData("many")]
    public async Task Binder_ignores_path_segments_named_like_body_members(string amount)
    {
        var request = await PostAsync($"/things/7/amounts/{amount}", """{"amount": 1}""");

        request.ShouldBe(new VerbRequest(7, 1m));
    }

    [Theory]
    [InlineData("""{"id": 8, "page": 9, "idempotency_key": "b", "amount": 1}""")]
    [InlineData("""{"ID": 8, "Page": 9, "IdempotencyKey": "b", "Idempotency-Key": "b", "amount": 1}""")]
    [InlineData("""{"id": "none", "page": [{}], "idempotency_key": 1, "amount": 1}""")]
    [InlineData("""{"amount": 1, "id": null, "page": null, "idempotency_key": null}""")]
    public async Task Binder_ignores_body_members_named_like_path_query_or_header(string body)
    {
        (await PostAsync("/things/7/verb?page=2", body, key: "k"))
            .ShouldBe(new VerbRequest(7, 1m, null, 2) { IdempotencyKey = "k" });
        (await PostAsync("/things/7/verb", body)).ShouldBe(new VerbRequest(7, 1m));
    }

    [Fact]
    public void Serialized_request_contains_only_body_members()
    {
        var request = new VerbRequest(7, 1.00m, "a", 2) { IdempotencyKey = "k" };

        JsonSerializer.Serialize(request, Json).ShouldBe("""{"amount":1.00,"note":"a"}""");
    }

    [Theory]
    [InlineData("/things/none/verb", "id")]
    [InlineData("/things/7/verb?page=none", "page")]
    [InlineData("/things/none/bare", "id")]
    public async Task Error_names_the_path_or_query_parameter_of_the_wrong_type(string address, string name)
    {
        using var response = await SendAsync(address, "{}");

        response.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await response.Content.ReadFromJsonAsync<string[]>()).ShouldBe([name]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("{}")]
    [InlineData("""{"id": 8}""")]
    [InlineData("no JSON")]
    public async Task Request_without_body_members_accepts_any_or_no_body(string? body)
    {
        using var response = await SendAsync("/things/7/bare", body, key: "k");

        (await response.Content.ReadFromJsonAsync<BareRequest>())
            .ShouldBe(new BareRequest(7) { IdempotencyKey = "k" });
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await app.DisposeAsync();
    }

    JsonSerializerOptions Json =>
        bank.Services.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;

    async Task<VerbRequest?> PostAsync(string address, string body, string? key = null)
    {
        using var response = await SendAsync(address, body, key);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);

        return await response.Content.ReadFromJsonAsync<VerbRequest>();
    }

    async Task<HttpResponseMessage> SendAsync(string address, string? body, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address);

        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");

        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);

        return await http.SendAsync(request);
    }

    /// <summary>Returns the bound request, including the members that are not in its JSON.</summary>
    static async Task EchoAsync<TRequest>(HttpContext context)
        where TRequest : notnull
    {
        var failures = new List<ValidationFailure>();
        var binding = new BinderContext { HttpContext = context, ValidationFailures = failures };

        try
        {
            var binder = new BodyAndAddressBinder<TRequest>();
            var request = await binder.BindAsync(binding, CancellationToken.None);
            await context.Response.WriteAsJsonAsync(request, JsonSerializerOptions.Web);
        }
        catch (ValidationFailureException)
        {
            context.Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
            await context.Response.WriteAsJsonAsync(failures.Select(failure => failure.PropertyName));
        }
    }

    sealed record VerbRequest(
        [property: RouteParam] long Id,
        decimal? Amount,
        string? Note = null,
        [property: QueryParam] int Page = 1)
    {
        [FromHeader("Idempotency-Key", isRequired: false)]
        public string? IdempotencyKey { get; init; }
    }

    sealed record BareRequest([property: RouteParam] long Id)
    {
        [FromHeader("Idempotency-Key", isRequired: false)]
        public string? IdempotencyKey { get; init; }
    }
}
