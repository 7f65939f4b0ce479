using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Bank.Tests.Harness;

namespace Bank.Tests.Infrastructure.Http;

/// <summary>Every error has the same shape, wherever in the pipeline it arises.</summary>
public sealed class ProblemTests(BankServer bank)
{
    [Fact]
    public async Task Problem_has_six_fields_and_a_type_per_code()
    {
        var customer = await bank.RegisterAsync();

        using var response = await customer.Http.GetAsync("/users/nobody-has-this-name");

        var problem = await response.ShouldBeProblemAsync(HttpStatusCode.NotFound, "user_not_found");
        problem.Names().ShouldBe(["type", "title", "status", "detail", "code", "trace_id"]);
        problem.GetProperty("type").GetString().ShouldBe("urn:bank:problem:user_not_found");
    }

    [Fact]
    public async Task Validation_problem_names_the_field_and_the_reason()
    {
        var customer = await bank.RegisterAsync();

        using var response = await customer.PostAsync(
            "/transactions/deposit", """{"account_id": 1, "amount": 0.005}""");

        var problem = await response.ShouldBeProblemAsync(
            HttpStatusCode.UnprocessableEntity, "validation_failed");
        var error = problem.GetProperty("errors").EnumerateArray().ShouldHaveSingleItem();
        error.Names().ShouldBe(["name", "reason"]);
        error.GetProperty("name").GetString().ShouldBe("amount");
        error.GetProperty("reason").GetString().ShouldBe("must have at most two decimals");
    }

    [Fact]
    public async Task Problem_has_the_trace_id_of_the_traceparent_header()
    {
        using var anonymous = bank.Anonymous();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/nowhere");
        request.Headers.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");

        using var response = await anonymous.SendAsync(request);

        var problem = await response.ShouldBeProblemAsync(HttpStatusCode.NotFound, "not_found");
        problem.GetProperty("trace_id").GetString().ShouldBe("0af7651916cd43dd8448eb211c80319c");
    }

    [Theory]
    [InlineData("/nowhere")]
    [InlineData("/accounts/1/2")]
    [InlineData("/transactions/account/1/2")]
    [InlineData("/.env")]
    public async Task Unknown_path_answers_404_not_found(string path)
    {
        using var anonymous = bank.Anonymous();

        using var response = await anonymous.GetAsync(path);

        await response.ShouldBeProblemAsync(HttpStatusCode.NotFound, "not_found");
    }

    // This list is the contract: the methods of a path.
    [Theory]
    [InlineData("DELETE", "/accounts/", "GET, HEAD, POST")]
    [InlineData("PUT", "/accounts/1", "DELETE, GET, HEAD, PATCH")]
    [InlineData("PATCH", "/auth/me", "DELETE, GET, HEAD")]
    [InlineData("POST", "/health", "GET, HEAD")]
    [InlineData("GET", "/auth/register", "POST")]
    public async Task Unsupported_method_answers_405_with_the_Allow_header(
        string method, string path, string allowed)
    {
        using var anonymous = bank.Anonymous();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);

        using var response = await anonymous.SendAsync(request);

        await response.ShouldBeProblemAsync(HttpStatusCode.MethodNotAllowed, "method_not_allowed");
        response.Content.Headers.Allow.Order().ShouldBe(allowed.Split(", "));
    }

    [Theory]
    [InlineData("")]
    [InlineData("text/plain")]
    [InlineData("text/json")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data; boundary=b")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData("application/json; charset=iso-8859-1")]
    [InlineData("application/json; charset=no-such-charset")]
    [InlineData("nonsense")]
    public async Task Body_without_JSON_UTF_8_content_type_answers_415(string contentType)
    {
        var customer = await bank.RegisterAsync();

        using var response = await PostAsync(
            customer.Http, "/transactions/deposit", """{"account_id": 1, "amount": 1}""", contentType);

        await response.ShouldBeProblemAsync(HttpStatusCode.UnsupportedMediaType, "unsupported_media_type");
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("no-such-encoding")]
    [InlineData("identity, gzip")]
    public async Task Body_with_a_content_encoding_answers_415(string encoding)
    {
        using var response = await DepositEncodedAsync(encoding);

        await response.ShouldBeProblemAsync(HttpStatusCode.UnsupportedMediaType, "unsupported_media_type");
    }

    [Theory]
    [InlineData("identity")]
    [InlineData("Identity")]
    public async Task Body_with_the_encoding_identity_is_accepted(string encoding)
    {
        using var response = await DepositEncodedAsync(encoding);

        response.StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("Application/JSON")]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("application/json; charset=UTF-8")]
    public async Task Body_with_JSON_UTF_8_content_type_is_accepted(string contentType)
    {
        var (customer, accounts) = await bank.RegisterAsync(0m);

        using var response = await PostAsync(
            customer.Http, "/transactions/deposit",
            $$"""{"account_id": {{accounts[0]}}, "amount": 1}""", contentType);

        response.StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("{")]
    [InlineData("{\"account_id\": 1, \"amount\": 1")]
    [InlineData("{\"account_id\": 1, \"amount\": 1}}")]
    [InlineData("{\"account_id\": 1, \"amount\": 1,}")]
    [InlineData("{\"account_id\": 1 /* one */, \"amount\": 1}")]
    [InlineData("{'account_id': 1}")]
    [InlineData("account_id=1&amount=1")]
    [InlineData("undefined")]
    public async Task Body_that_is_not_JSON_answers_malformed_json(string body)
    {
        var customer = await bank.RegisterAsync();

        using var response = await customer.PostAsync("/transactions/deposit", body);

        await response.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "malformed_json");
    }

    [Theory]
    [InlineData("{\"account_id\": 1, \"amount\": 1, \"amount\": 2}")]
    [InlineData("{\"account_id\": 1, \"amount\": 1, \"AMOUNT\": 2}")]
    public async Task Duplicate_JSON_member_answers_422(string body)
    {
        var customer = await bank.RegisterAsync();

        using var response = await customer.PostAsync("/transactions/deposit", body);

        await response.ShouldBeProblemAsync(HttpStatusCode.UnprocessableEntity, "validation_failed");
        (await response.Content.ReadAsStringAsync()).ShouldContain("is there twice");
    }

    [Fact]
    public async Task Body_that_is_not_UTF_8_answers_malformed_json()
    {
        using var anonymous = bank.Anonymous();
        using var content = new StringContent(
            """{"username": "André", "password": "correct horse"}""", Encoding.Latin1);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");

        using var response = await anonymous.PostAsync("/auth/register", content);

        await response.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "malformed_json");
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("[{\"account_id\": 1, \"amount\": 1}]")]
    [InlineData("\"text\"")]
    [InlineData("12")]
    [InlineData("true")]
    [InlineData("null")]
    public async Task JSON_body_that_is_not_an_object_answers_422(string body)
    {
        var customer = await bank.RegisterAsync();

        using var response = await customer.PostAsync("/transactions/deposit", body);

        await response.ShouldBeProblemAsync(HttpStatusCode.UnprocessableEntity, "validation_failed");
    }

    [Fact]
    public async Task Deeply_nested_JSON_answers_malformed_json()
    {
        var customer = await bank.RegisterAsync();

        using var response = await customer.PostAsync(
            "/transactions/deposit", $"{{\"x\": {new string('[', 4000)}{new string(']', 4000)}}}");

        await response.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "malformed_json");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Body_of_more_than_16_KiB_answers_413(bool isChunked)
    {
        var customer = await bank.RegisterAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/transactions/deposit")
        {
            Content = new StringContent(
                $"{{\"x\": \"{new string('x', 16 * 1024)}\"}}", Encoding.UTF8, "application/json"),
        };
        request.Headers.TransferEncodingChunked = isChunked;

        using var response = await customer.Http.SendAsync(request);

        var problem = await response.ShouldBeProblemAsync(
            HttpStatusCode.RequestEntityTooLarge, "body_too_large");
        problem.GetProperty("detail").GetString().ShouldBe(
            "The request body is larger than 16384 bytes, the maximum of this operation.");
    }

    [Fact]
    public async Task Body_of_16_KiB_is_accepted()
    {
        var (customer, accounts) = await bank.RegisterAsync(0m);
        var body = $$"""{"account_id": {{accounts[0]}}, "amount": 1}""".PadRight(16 * 1024);

        using var response = await customer.PostAsync("/transactions/deposit", body);

        response.StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Unknown_JSON_member_is_ignored()
    {
        var (customer, accounts) = await bank.RegisterAsync(0m);

        using var response = await customer.PostAsync(
            "/transactions/deposit",
            $$"""{"memo": {"to": [1]}, "account_id": {{accounts[0]}}, "amount": 1}""");

        response.StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Response_has_no_Server_or_X_Powered_By_header()
    {
        using var anonymous = bank.Anonymous();

        using var response = await anonymous.GetAsync("/health");

        response.Headers.Contains("Server").ShouldBeFalse();
        response.Headers.Contains("X-Powered-By").ShouldBeFalse();
    }

    static async Task<HttpResponseMessage> PostAsync(
        HttpClient http, string path, string body, string contentType)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));

        if (contentType.Length > 0)
            content.Headers.TryAddWithoutValidation("Content-Type", contentType);

        return await http.PostAsync(path, content);
    }

    async Task<HttpResponseMessage> DepositEncodedAsync(string encoding)
    {
        var (customer, accounts) = await bank.RegisterAsync(0m);
        using var content = new StringContent(
            $$"""{"account_id": {{accounts[0]}}, "amount": 1}""", Encoding.UTF8, "application/json");
        content.Headers.TryAddWithoutValidation("Content-Encoding", encoding).ShouldBeTrue();

        return await customer.Http.PostAsync("/transactions/deposit", content);
    }
}
