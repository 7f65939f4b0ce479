using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bank.Infrastructure.Progress;
using Bank.Infrastructure.Tokens;
using Bank.Infrastructure.Verification;
using Bank.Tests.Harness;

namespace Bank.Tests.Infrastructure.Tokens;

/// <summary>What a client sees of a bank that accepts tokens.</summary>
[Trait("Speed", "Slow")]
public sealed class TokenSignInTests(TokenBanks bank) : IClassFixture<TokenBanks>
{
    const string Basic = "Basic realm=\"Bank\", charset=\"UTF-8\"";

    string Metadata => $"{bank.Address}.well-known/oauth-protected-resource";

    [Fact]
    public async Task Token_moves_money_and_reads_history()
    {
        var customer = new Customer("", bank.With(bank.Authority.Token("ada")));
        var account = await customer.OpenAccountAsync(100m);
        var other = await customer.OpenAccountAsync();

        await customer.PayAsync(account, other, 40m);

        (await customer.BalanceAsync(account)).ShouldBe(60m);
        (await customer.HistoryAsync(other)).Length.ShouldBe(1);
        var me = await customer.Http.GetFromJsonAsync<JsonElement>("/auth/me");
        me.GetProperty("username").GetString()
            .ShouldBe(TokenUserQuery.UsernameOf(bank.Authority.Issuer, "ada"));
    }

    [Fact]
    public void Username_is_a_digest_of_issuer_and_subject()
    {
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes("https://login.example.com\nada"));

        TokenUserQuery.UsernameOf("https://login.example.com", "ada")
            .ShouldBe($"token:{Convert.ToHexStringLower(digest)[..32]}");
    }

    [Fact]
    public async Task Read_scope_allows_reading_only()
    {
        var subject = Names.New();
        var customer = new Customer("", bank.With(bank.Authority.Token(subject)));
        var account = await customer.OpenAccountAsync(5m);
        using var reader = bank.With(bank.Authority.Token(subject).With("scope", "bank.read"));

        (await reader.GetAsync($"/accounts/{account}")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await reader.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/auth/me")))
            .StatusCode.ShouldBe(HttpStatusCode.OK);
        await ShouldLackScopeAsync(await reader.PostAsync("/accounts/", null));
        await ShouldLackScopeAsync(await reader.PostAsync(
            "/transactions/withdrawal", new StringContent("not JSON", Encoding.UTF8, "application/json")));
        await ShouldLackScopeAsync(await reader.DeleteAsync("/auth/me"));
        await ShouldLackScopeAsync(await reader.PutAsJsonAsync("/auth/password", new { }));
        (await customer.BalanceAsync(account)).ShouldBe(5m);
    }

    [Fact]
    public async Task Token_without_scope_makes_no_user()
    {
        var subject = Names.New();
        using var http = bank.With(bank.Authority.Token(subject).With("scope", "openid"));

        await ShouldLackScopeAsync(await http.GetAsync("/auth/me"));
        (await UsersAsync(subject)).ShouldBe(0);
    }

    [Fact]
    public async Task Refused_token_is_told_why()
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var token = bank.Authority.Token();

        await ShouldRefuseAsync(token.With("exp", now - 40), "The token has expired. Get a new token.");
        await ShouldRefuseAsync(
            token.With("aud", "https://other.example.com"),
            "The token is for another audience. Get a new token.");
        await ShouldRefuseAsync(
            token.With("iss", "https://other.example.com"),
            "The token is of another issuer. Get a new token.");
        await ShouldRefuseAsync(
            token.WithHeader("alg", "none") with { Signer = _ => [] },
            "The token is not signed with an accepted algorithm. Get a new token.");
        await ShouldRefuseAsync("a.b.c", "The token is malformed. Get a new token.");
        await ShouldRefuseAsync(
            new string('.', 9000), "The token is longer than 8192 characters. Get a new token.");
        bank.Output.ShouldContain("Token refused from 127.0.0.1: The token has expired.");
        bank.Output.ShouldNotContain($"{token}");
    }

    [Fact]
    public async Task Header_that_is_too_large_is_refused_by_the_server()
    {
        using var http = bank.With(new string('a', 20_000));

        (await http.GetAsync("/auth/me")).StatusCode.ShouldBe(HttpStatusCode.RequestHeaderFieldsTooLarge);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer")]
    [InlineData("Bearer x")]
    [InlineData("Bearer bank_x")]
    [InlineData("Basic YTpi")]
    [InlineData("Digest username=\"a\"")]
    public async Task Request_without_a_token_gets_both_challenges(string? authorization)
    {
        using var http = bank.Anonymous();

        if (authorization is not null)
            http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", authorization);

        using var response = await http.GetAsync("/auth/me");

        await response.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "unauthorized");
        response.Headers.GetValues("WWW-Authenticate")
            .ShouldBe([Basic, $"Bearer resource_metadata=\"{Metadata}\""]);
    }

    [Fact]
    public async Task Challenge_has_the_address_that_the_client_sees()
    {
        using var http = bank.Anonymous();
        http.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.7");
        http.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");
        http.DefaultRequestHeaders.Add("X-Forwarded-Host", "bank.example.com");
        http.DefaultRequestHeaders.Add("X-Forwarded-Prefix", "/v1");

        using var response = await http.GetAsync("/auth/me");

        response.Headers.WwwAuthenticate.Select(challenge => $"{challenge}").Last().ShouldBe(
            "Bearer resource_metadata=\"https://bank.example.com/v1/.well-known/oauth-protected-resource\"");
    }

    [Fact]
    public async Task Metadata_names_the_authority_and_the_scopes()
    {
        using var http = bank.Anonymous();

        foreach (var path in new[] { "", "/" })
        {
            using var response = await http.GetAsync($"/.well-known/oauth-protected-resource{path}");

            response.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
            JsonNode.DeepEquals(
                JsonNode.Parse(await response.Content.ReadAsStringAsync()), new JsonObject
                {
                    ["resource"] = TestAuthority.Audience,
                    ["authorization_servers"] = new JsonArray(bank.Authority.Issuer),
                    ["scopes_supported"] = new JsonArray("bank", "bank.read"),
                    ["bearer_methods_supported"] = new JsonArray("header"),
                    ["resource_name"] = "Bank",
                    ["resource_documentation"] = $"{bank.Address}docs",
                }).ShouldBeTrue(await response.Content.ReadAsStringAsync());
        }

        (await http.SendAsync(new(HttpMethod.Head, "/.well-known/oauth-protected-resource")))
            .StatusCode.ShouldBe(HttpStatusCode.OK);
        await (await http.GetAsync("/.well-known/oauth-protected-resource/other"))
            .ShouldBeProblemAsync(HttpStatusCode.NotFound, "not_found");
        using var strange = new HttpRequestMessage(
            HttpMethod.Get, "/.well-known/oauth-protected-resource/other");
        strange.Headers.TryAddWithoutValidation("Host", "a_b..c");
        (await http.SendAsync(strange)).StatusCode.ShouldBeOneOf(
            HttpStatusCode.NotFound, HttpStatusCode.BadRequest);
        await (await http.PostAsync("/.well-known/oauth-protected-resource", null))
            .ShouldBeProblemAsync(HttpStatusCode.MethodNotAllowed, "method_not_allowed");
    }

    [Fact]
    public async Task First_tokens_at_once_on_two_instances_make_one_user()
    {
        var subject = Names.New();
        var token = bank.Authority.Token(subject);
        using var first = bank.With(token);
        using var second = bank.With(token, instance: 1);

        var ids = await Task.WhenAll(Enumerable.Range(0, 20)
            .Select(number => IdAsync(number % 2 == 0 ? first : second)));

        ids.Distinct().ShouldHaveSingleItem();
        (await UsersAsync(subject)).ShouldBe(1);
    }

    [Fact]
    public async Task User_of_a_token_is_never_a_registered_user()
    {
        using var http = bank.Anonymous();
        var name = Names.New();
        var registered = await Customer.RegisterAsync(bank.Address, name);
        using var token = bank.With(bank.Authority.Token(name));

        var id = await IdAsync(token);

        id.ShouldNotBe(await registered.IdAsync());
        var username = TokenUserQuery.UsernameOf(bank.Authority.Issuer, name);
        using var taken = await http.PostAsJsonAsync(
            "/auth/register", new { username, password = "a long password" });
        await taken.ShouldRefuseFieldAsync("username", "must not contain a colon or control characters");
        var found = await registered.Http.GetFromJsonAsync<JsonElement>($"/users/{username}");
        found.GetProperty("username").GetString().ShouldBe(username);
    }

    [Theory]
    [InlineData("!")]
    [InlineData("")]
    [InlineData("password")]
    public async Task User_of_a_token_has_no_password(string password)
    {
        var subject = Names.New();
        using var token = bank.With(bank.Authority.Token(subject));
        await IdAsync(token);
        using var http = bank.Anonymous();
        http.DefaultRequestHeaders.Authorization = Customer.Basic(
            TokenUserQuery.UsernameOf(bank.Authority.Issuer, subject), password);

        using var refused = await http.GetAsync("/auth/me");
        using var changed = await token.PutAsJsonAsync(
            "/auth/password", new { current_password = password + "!", new_password = "a long password" });

        await refused.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "unauthorized");
        (await changed.ShouldBeProblemAsync(HttpStatusCode.Forbidden, "password_required"))
            .GetProperty("detail").GetString()
            .ShouldStartWith("A user who signs in with tokens has no password");
    }

    [Fact]
    public async Task User_of_a_token_makes_keys_with_the_token()
    {
        var subject = Names.New();
        using var token = bank.With(bank.Authority.Token(subject));
        using var reader = bank.With(bank.Authority.Token(subject).With("scope", "bank.read"));

        await ShouldLackScopeAsync(await reader.PostAsJsonAsync("/auth/keys", new { name = "a job" }));
        using var made = await token.PostAsJsonAsync("/auth/keys", new { name = "a job" });
        made.StatusCode.ShouldBe(HttpStatusCode.Created, await made.Content.ReadAsStringAsync());
        using var key = bank.With((await made.JsonAsync()).GetProperty("key").GetString()!, instance: 1);

        (await IdAsync(key)).ShouldBe(await IdAsync(token));
        (await key.PostAsync("/accounts/", null)).StatusCode.ShouldBe(HttpStatusCode.Created);
        using var refused = await key.PostAsJsonAsync("/auth/keys", new { name = "another" });
        (await refused.ShouldBeProblemAsync(HttpStatusCode.Forbidden, "password_required"))
            .GetProperty("detail").GetString()!.ShouldContain("Sign in with a token.");
        (await reader.GetAsync("/auth/keys")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await token.DeleteAsync("/auth/me")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await Eventually.TrueAsync(
            async () => (await key.GetAsync("/auth/me")).StatusCode == HttpStatusCode.Unauthorized,
            "the key ends with its user");
    }

    [Fact]
    public async Task Deleted_user_is_refused_on_every_instance_for_good()
    {
        var subject = Names.New();
        var token = bank.Authority.Token(subject);
        using var first = bank.With(token);
        using var second = bank.With(token, instance: 1);
        await IdAsync(first);
        await IdAsync(second);

        using var deleted = await first.DeleteAsync("/auth/me");

        deleted.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await Eventually.TrueAsync(
            async () => (await second.GetAsync("/auth/me")).StatusCode == HttpStatusCode.Unauthorized,
            "the other instance refuses the token");
        using var later = bank.With(bank.Authority.Token(subject), instance: 1);
        foreach (var http in new[] { first, second, later })
            (await (await http.GetAsync("/auth/me"))
                .ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "unauthorized"))
                .GetProperty("detail").GetString()
                .ShouldBe("The user of the token was deleted. It is not made again.");
        (await UsersAsync(subject)).ShouldBe(1);
    }

    [Fact]
    public async Task Live_history_ends_when_its_token_expires()
    {
        var subject = Names.New();
        var customer = new Customer("", bank.With(bank.Authority.Token(subject)));
        var account = await customer.OpenAccountAsync();
        var expiring = new Customer("", bank.With(bank.Authority.Token(subject)
            .With("exp", DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 25)));

        await using var live = await LiveHistoryClient.SubscribeAsync(expiring, account);

        (await live.NextAsync()).ShouldBeNull();
        using var after = await expiring.Http.GetAsync("/auth/me");
        after.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Document_has_both_security_schemes()
    {
        using var http = bank.Anonymous();
        await Eventually.TrueAsync(
            async () => (await http.GetAsync("/openapi.json")).IsSuccessStatusCode, "the document is made");

        var document = await http.GetFromJsonAsync<JsonElement>("/openapi.json");

        var schemes = document.GetProperty("components").GetProperty("securitySchemes");
        schemes.Names().ShouldBe(["Basic", "Bearer"]);
        schemes.GetProperty("Bearer").GetProperty("scheme").GetString().ShouldBe("bearer");
        var paths = document.GetProperty("paths");
        paths.GetProperty("/auth/me").GetProperty("get").GetProperty("security").GetRawText()
            .Replace(" ", "").Replace("\n", "").ShouldBe("[{\"Basic\":[]},{\"Bearer\":[]}]");
        paths.GetProperty("/auth/register").GetProperty("post").GetProperty("security").GetArrayLength()
            .ShouldBe(0);
        paths.TryGetProperty("/.well-known/oauth-protected-resource", out _).ShouldBeFalse();
        document.GetProperty("components").GetProperty("responses").GetProperty("Unauthorized")
            .GetProperty("headers").GetProperty("WWW-Authenticate").GetProperty("description").GetString()
            .ShouldBe("Asks for HTTP Basic, and for a token.");
        document.GetProperty("info").GetProperty("description").GetString()!
            .ShouldContain("| 403 | `insufficient_scope` |");
        document.GetProperty("components").GetProperty("schemas").GetProperty("Problem")
            .GetProperty("properties").GetProperty("code").GetProperty("enum").EnumerateArray()
            .Select(code => code.GetString()).ShouldContain("authority_unavailable");
    }

    [Fact]
    public async Task Verify_knows_the_users_of_tokens()
    {
        using var token = bank.With(bank.Authority.Token());
        await IdAsync(token);
        var report = new StringWriter();

        var code = await LedgerVerifier.RunAsync(
            bank.Database.ConnectionString, report,
            new ProgressLine(
                TextWriter.Null, isTerminal: false, TimeSpan.FromMinutes(1), TimeProvider.System));

        code.ShouldBe(0, $"{report}");
    }

    [Fact]
    public async Task Swagger_page_signs_in_with_a_token()
    {
        await using var browser = await Browser.StartAsync();
        using var http = bank.Anonymous();
        await Eventually.TrueAsync(
            async () => (await http.GetAsync("/openapi.json")).IsSuccessStatusCode, "the document is made");
        await browser.OpenAsync($"http://localhost:{bank.Address.Port}/docs");

        var status = await browser.EvaluateAsync(SignIn.Replace("TOKEN", $"{bank.Authority.Token()}"));

        status.ShouldBe("200");
    }

    /// <summary>Enters a token under "Authorize", executes an operation and returns its status.</summary>
    const string SignIn =
        """
        (async () => {
          const until = async find => {
            for (let found; ; await new Promise(next => setTimeout(next, 50)))
              if ((found = find())) return found;
          };
          (await until(() => document.querySelector('.auth-wrapper .authorize'))).click();
          const input = await until(() => document.querySelector('.modal-ux input[type=text]:not([name])')
            ?? document.querySelector('#auth-bearer-value'));
          Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(input, 'TOKEN');
          input.dispatchEvent(new Event('input', { bubbles: true }));
          input.closest('form').querySelector('.auth.authorize').click();
          document.querySelector('.modal-ux .btn-done').click();
          const block = (await until(() => document.querySelector('[data-path="/auth/me"]')))
            .closest('.opblock');
          block.querySelector('.opblock-summary-control').click();
          (await until(() => block.querySelector('.try-out__btn'))).click();
          (await until(() => block.querySelector('.execute'))).click();
          return (await until(() => block.querySelector('.live-responses-table tbody .response-col_status')))
            .innerText.slice(0, 3);
        })()
        """;

    static async Task<long> IdAsync(HttpClient http)
    {
        using var response = await http.GetAsync("/auth/me");
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        return (await response.JsonAsync()).GetProperty("id").GetInt64();
    }

    Task<long> UsersAsync(string subject) => bank.Database.ScalarAsync<long>(
        "SELECT count(*) FROM token_users JOIN users ON id = user_id WHERE subject = $1", subject);

    async Task ShouldLackScopeAsync(HttpResponseMessage response)
    {
        await response.ShouldBeProblemAsync(HttpStatusCode.Forbidden, "insufficient_scope");
        response.Headers.GetValues("WWW-Authenticate").ShouldBe(
            [$"Bearer resource_metadata=\"{Metadata}\", error=\"insufficient_scope\", scope=\"bank\""]);
        response.Dispose();
    }

    async Task ShouldRefuseAsync(object token, string detail)
    {
        using var http = bank.With(token);
        using var response = await http.GetAsync("/auth/me");

        var problem = await response.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "unauthorized");
        problem.GetProperty("detail").GetString().ShouldBe(detail);
        response.Headers.GetValues("WWW-Authenticate").ShouldBe([
            Basic,
            $"Bearer resource_metadata=\"{Metadata}\", error=\"invalid_token\", "
                + $"error_description=\"{detail}\"",
        ]);
    }
}
