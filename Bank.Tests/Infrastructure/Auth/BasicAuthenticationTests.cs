using System.Net;
using System.Net.Http.Json;
using System.Text;
using Bank.Tests.Harness;

namespace Bank.Tests.Infrastructure.Auth;

public sealed class BasicAuthenticationTests(BankServer bank)
{
    [Fact]
    public async Task Request_without_credentials_gets_a_Basic_challenge()
    {
        using var anonymous = bank.Anonymous();

        using var response = await anonymous.GetAsync("/auth/me");

        await response.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "unauthorized");
        response.Headers.GetValues("WWW-Authenticate").ShouldBe(["Basic realm=\"Bank\", charset=\"UTF-8\""]);
    }

    [Theory]
    [InlineData("Basic")]
    [InlineData("basic")]
    [InlineData("BASIC")]
    [InlineData("bAsIc")]
    public async Task Basic_scheme_is_case_insensitive(string scheme)
    {
        var customer = await bank.RegisterAsync();

        using var response = await SignInAsync(
            $"{scheme} {Token($"{customer.Username}:{Customer.Password}")}");

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("Zoë", "pässword")]
    [InlineData("Müller", "plain password")]
    [InlineData("plain", "Straße und Café £")]
    [InlineData("Ñandú", "\u00a0ÿ 123456")]
    public async Task Credentials_are_accepted_in_Latin_1_as_well(string name, string password)
    {
        using var http = bank.Anonymous();
        var username = $"{name}-{Names.New()}";
        (await http.PostAsJsonAsync("/auth/register", new { username, password }))
            .EnsureSuccessStatusCode().Dispose();

        foreach (var charset in new[] { Encoding.UTF8, Encoding.Latin1 })
        {
            using var response = await SignInAsync(
                $"Basic {Convert.ToBase64String(charset.GetBytes($"{username}:{password}"))}");
            response.StatusCode.ShouldBe(HttpStatusCode.OK, charset.WebName);
        }
    }

    [Theory]
    [InlineData("{0}:wrong password")]
    [InlineData("{0}:")]
    [InlineData("{0}")]
    [InlineData("{0}:correct horse ")]
    [InlineData("{0}:Correct horse")]
    [InlineData("{0} :correct horse")]
    [InlineData("nobody-has-this-name:correct horse")]
    [InlineData(":correct horse")]
    [InlineData(":")]
    [InlineData("")]
    [InlineData("\0:\0")]
    [InlineData("{0}:\0")]
    public async Task Wrong_credentials_get_401_with_a_Basic_challenge(string pair)
    {
        var customer = await bank.RegisterAsync();

        using var response = await SignInAsync($"Basic {Token(pair.Replace("{0}", customer.Username))}");

        await ShouldAskToSignInAsync(response);
    }

    [Theory]
    [InlineData("Basic")]
    [InlineData("Basic ")]
    [InlineData("Basic not*base64")]
    [InlineData("Basic YTpi=")]
    [InlineData("Basic YTpi YTpi")]
    [InlineData("Basic YTpi, Basic YTpi")]
    [InlineData("Basic /zpi")]
    [InlineData("Basic YTr/")]
    [InlineData("Basic wIA6Yg==")]
    [InlineData("BasicYTpi")]
    [InlineData("Bearer YTpi")]
    [InlineData("Digest username=\"a\"")]
    [InlineData("YTpi")]
    public async Task Invalid_Authorization_header_gets_401(string header)
    {
        using var response = await SignInAsync(header);

        await ShouldAskToSignInAsync(response);
    }

    [Fact]
    public async Task Two_valid_Authorization_headers_get_401()
    {
        var customer = await bank.RegisterAsync();
        var header = $"Authorization: Basic {Token($"{customer.Username}:{Customer.Password}")}";

        var answer = await RawHttp.SendAsync(bank.Address, "GET /auth/me HTTP/1.1", header, header);

        answer.ShouldStartWith("HTTP/1.1 401 ");
        answer.ShouldContain("WWW-Authenticate: Basic realm=\"Bank\", charset=\"UTF-8\"");
        answer.ShouldContain("\"code\":\"unauthorized\"");
    }

    [Theory]
    [InlineData("pass\u00EBword", "passe\u0308word")]
    [InlineData("passe\u0308word", "pass\u00EBword")]
    [InlineData("passe\u0308word", "passe\u0308word")]
    public async Task Credentials_match_in_any_Unicode_normalization_form(string registered, string sent)
    {
        var username = $"Zo\u00EB-{Names.New()}";
        using var anonymous = bank.Anonymous();
        using var registration = await anonymous.PostAsJsonAsync(
            "/auth/register", new { username, password = registered });

        using var decomposedName = await SignInAsync(
            $"Basic {Token($"{username.Normalize(NormalizationForm.FormD)}:{registered}")}");
        using var otherForm = await SignInAsync($"Basic {Token($"{username}:{sent}")}");
        using var otherLetter = await SignInAsync($"Basic {Token($"{username}:password")}");

        decomposedName.StatusCode.ShouldBe(HttpStatusCode.OK);
        otherForm.StatusCode.ShouldBe(HttpStatusCode.OK);
        await ShouldAskToSignInAsync(otherLetter);
    }

    [Theory]
    [InlineData("GET", "/auth/me")]
    [InlineData("GET", "/users/ada")]
    [InlineData("GET", "/accounts/")]
    [InlineData("POST", "/accounts/")]
    [InlineData("GET", "/accounts/1")]
    [InlineData("GET", "/accounts/abc")]
    [InlineData("GET", "/accounts/9223372036854775807")]
    [InlineData("GET", "/transactions/abc")]
    [InlineData("GET", "/transactions/00000000-0000-0000-0000-000000000000")]
    [InlineData("GET", "/transactions/account/1")]
    [InlineData("GET", "/transactions/account/abc?limit=0&order=up&cursor=x")]
    public async Task Invalid_address_without_credentials_gets_401(string method, string path)
    {
        using var anonymous = bank.Anonymous();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);

        using var response = await anonymous.SendAsync(request);

        await ShouldAskToSignInAsync(response);
    }

    [Theory]
    [InlineData("/transactions/deposit", "not JSON")]
    [InlineData("/transactions/deposit", "")]
    [InlineData("/transactions/deposit", "null")]
    [InlineData("/transactions/deposit", "[]")]
    [InlineData("/transactions/deposit", """{"account_id": "x", "amount": 0.005}""")]
    [InlineData("/transactions/withdrawal", """{"account_id": 1, "amount": 0}""")]
    [InlineData("/transactions/transfer", """{"from": 1, "to": 1, "amount": -1}""")]
    public async Task Invalid_body_without_credentials_gets_401(string path, string body)
    {
        using var anonymous = bank.Anonymous();

        using var response = await anonymous.PostAsync(
            path, new StringContent(body, Encoding.UTF8, "application/json"));

        await ShouldAskToSignInAsync(response);
    }

    [Fact]
    public async Task Unknown_user_and_wrong_password_get_the_same_response()
    {
        var customer = await bank.RegisterAsync();

        using var wrong = await SignInAsync($"Basic {Token($"{customer.Username}:wrong password")}");
        using var unknown = await SignInAsync($"Basic {Token($"{Names.New()}:wrong password")}");

        (await wrong.WithoutTraceAsync()).ShouldBe(await unknown.WithoutTraceAsync());
    }

    static string Token(string pair) => Convert.ToBase64String(Encoding.UTF8.GetBytes(pair));

    static async Task ShouldAskToSignInAsync(HttpResponseMessage response)
    {
        await response.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "unauthorized");
        response.Headers.GetValues("WWW-Authenticate").ShouldBe(["Basic realm=\"Bank\", charset=\"UTF-8\""]);
    }

    async Task<HttpResponseMessage> SignInAsync(string header)
    {
        using var anonymous = bank.Anonymous();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/auth/me");
        request.Headers.TryAddWithoutValidation("Authorization", header);
        return await anonymous.SendAsync(request);
    }
}
