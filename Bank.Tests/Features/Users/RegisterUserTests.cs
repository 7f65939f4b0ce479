using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Bank.Tests.Harness;
using static BCrypt.Net.BCrypt;

namespace Bank.Tests.Features.Users;

public sealed class RegisterUserTests(BankServer bank)
{
    const string Password = Customer.Password;

    [Fact]
    public async Task A_new_user_can_sign_in_at_once()
    {
        var username = Names.New();

        using var response = await RegisterAsync(username, Password);

        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        var user = await response.JsonAsync();
        user.Names().ShouldBe(["id", "username", "created_at"]);
        user.GetProperty("id").GetInt64().ShouldBeGreaterThan(0);
        user.GetProperty("username").GetString().ShouldBe(username);
        user.GetProperty("created_at").ShouldBeUtcNow();
        response.Headers.Location!.ToString().ShouldBe($"/users/{username}");
        (await SignInAsync(username, Password)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_password_is_stored_as_a_hash_only()
    {
        var username = Names.New();

        using var response = await RegisterAsync(username, Password);

        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        var stored = await bank.Database.ScalarAsync<string>(
            "SELECT row_to_json(users)::text FROM users WHERE username = $1", username);
        stored.ShouldNotContain(Password);
        stored.ShouldContain("$2a$04$");
    }

    [Fact]
    public async Task A_username_can_be_registered_once()
    {
        var username = Names.New();
        using var first = await RegisterAsync(username, Password);

        using var second = await RegisterAsync(username, "another password");

        await second.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "username_taken");
        (await SignInAsync(username, Password)).ShouldBe(HttpStatusCode.OK);
        (await SignInAsync(username, "another password")).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Concurrent_registrations_of_one_name_succeed_once()
    {
        var username = Names.New();

        var responses = await Burst.OfAsync(20, _ => RegisterAsync(username, Password));

        responses.Count(response => response.StatusCode == HttpStatusCode.Created).ShouldBe(1);
        await responses.ShouldOtherwiseBeAsync(HttpStatusCode.BadRequest, "username_taken");
    }

    [Fact]
    public async Task A_registration_with_the_same_key_is_replayed()
    {
        var username = Names.New();
        using var first = await RegisterAsync(username, Password, "key");

        using var second = await RegisterAsync(username, Password, "key");

        first.StatusCode.ShouldBe(HttpStatusCode.Created);
        first.Headers.Contains("Idempotent-Replayed").ShouldBeFalse();
        await second.ShouldReplayAsync(first);
    }

    [Fact]
    public async Task Concurrent_registrations_with_one_key_register_once()
    {
        var username = Names.New();

        var responses = await Burst.OfAsync(5, _ => RegisterAsync(username, Password, "key"));

        var first = responses.Single(response => !response.Headers.Contains("Idempotent-Replayed"));
        first.StatusCode.ShouldBe(HttpStatusCode.Created);

        foreach (var repeat in responses.Where(response => response != first))
            await repeat.ShouldReplayAsync(first);
    }

    [Theory]
    [InlineData("key", "another password")]
    [InlineData("another-key", Password)]
    [InlineData("another-key", "another password")]
    [InlineData(null, Password)]
    public async Task Only_the_right_key_and_password_replay_a_registration(
        string? key, string password)
    {
        var username = Names.New();
        using var first = await RegisterAsync(username, Password, "key");

        using var second = await RegisterAsync(username, password, key);

        await second.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "username_taken");
        second.Headers.Contains("Idempotent-Replayed").ShouldBeFalse();
    }

    [Fact]
    public async Task A_registration_with_the_key_of_an_opening_is_refused()
    {
        var username = Names.New();
        using var first = await RegisterAsync(username, Password);
        using var http = bank.Anonymous();
        http.DefaultRequestHeaders.Authorization = Customer.Basic(username, Password);
        using var opening = new HttpRequestMessage(HttpMethod.Post, "/accounts/");
        opening.Headers.Add("Idempotency-Key", "key");
        using var opened = await http.SendAsync(opening);

        using var second = await RegisterAsync(username, Password, "key");

        opened.StatusCode.ShouldBe(HttpStatusCode.Created);
        await second.ShouldBeReusedAsync();
    }

    [Fact]
    public async Task Different_users_may_register_with_the_same_key()
    {
        using var first = await RegisterAsync(Names.New(), Password, "key");

        using var second = await RegisterAsync(Names.New(), Password, "key");

        second.StatusCode.ShouldBe(HttpStatusCode.Created);
        second.Headers.Contains("Idempotent-Replayed").ShouldBeFalse();
    }

    [Fact]
    public async Task A_registration_fingerprint_excludes_the_password()
    {
        var username = Names.New();

        using var response = await RegisterAsync(username, Password, "key");

        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        (await FingerprintAsync(username)).ShouldBe(
            Fingerprint($$"""{"username":"{{username}}","password":""}"""));
    }

    [Fact]
    public async Task Usernames_are_case_sensitive()
    {
        var username = Names.New();
        using var lower = await RegisterAsync(username, Password);

        using var upper = await RegisterAsync(username.ToUpperInvariant(), Password);

        upper.StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_username_is_stored_in_normal_form_C()
    {
        var suffix = Names.New();
        var composed = $"Zo\u00EB-{suffix}";
        var decomposed = $"Zoe\u0308-{suffix}";

        using var response = await RegisterAsync(decomposed, Password);
        using var again = await RegisterAsync(composed, Password);

        (await response.JsonAsync()).GetProperty("username").GetString().ShouldBe(composed);
        await again.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "username_taken");
        (await SignInAsync(composed, Password)).ShouldBe(HttpStatusCode.OK);
        (await SignInAsync(decomposed, Password)).ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    public async Task A_username_has_1_to_64_code_points(int length)
    {
        // Code points outside the BMP take two UTF-16 units and four UTF-8 bytes. The name must be unused.
        var username = length == 1
            ? char.ConvertFromUtf32(Random.Shared.Next(0x20000, 0x2A6D0))
            : string.Concat(Enumerable.Repeat("\U0001F511", length - 32)) + Names.Of(32);

        using var response = await RegisterAsync(username, Password);

        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        (await response.JsonAsync()).GetProperty("username").GetString().ShouldBe(username);
        (await SignInAsync(username, Password)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Username_length_is_counted_in_normal_form()
    {
        var username = Names.Of(32) + string.Concat(Enumerable.Repeat("e\u0308", 32));

        using var response = await RegisterAsync(username, Password);

        response.StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Theory]
    [InlineData("\\u200B")]
    [InlineData("\\u200C")]
    [InlineData("\\u200D")]
    [InlineData("\\u200E")]
    [InlineData("\\u200F")]
    [InlineData("\\u202A")]
    [InlineData("\\u202E")]
    [InlineData("\\u2060")]
    [InlineData("\\u2066")]
    [InlineData("\\u2069")]
    [InlineData("\\uFEFF")]
    [InlineData("\\u00AD")]
    [InlineData("\\u061C")]
    [InlineData("\\u034F")]
    [InlineData("\\u180E")]
    [InlineData("\\u115F")]
    [InlineData("\\u3164")]
    [InlineData("\\uFE0F")]
    [InlineData("\\u2028")]
    [InlineData("\\uD834\\uDD73")]
    [InlineData("\\uDB40\\uDC41")]
    public async Task A_username_has_no_invisible_or_bidirectional_character(string character)
    {
        var name = Names.New();

        foreach (var username in new[] { $"{character}{name}", $"{name}{character}x", $"{name}{character}" })
        {
            using var response = await PostAsync(
                $$"""{"username": "{{username}}", "password": "{{Password}}"}""");

            await response.ShouldRefuseFieldAsync("username");
        }
    }

    [Theory]
    [InlineData("\u0645\u062D\u0645\u062F")]
    [InlineData("\u05D3\u05D5\u05D3")]
    [InlineData("\uD83D\uDD11")]
    [InlineData("with space")]
    public async Task A_username_may_have_visible_characters_of_any_script(string name)
    {
        using var response = await RegisterAsync($"{name}{Names.New()}", Password);

        response.StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Existing_user_with_an_invisible_character_goes_on()
    {
        var username = $"ada\u200B{Names.New()}";
        await bank.Database.ExecuteAsync(
            "INSERT INTO users (username, password_hash) VALUES ($1, $2)", username,
            EnhancedHashPassword(Password, workFactor: 4));
        using var http = bank.Anonymous();
        http.DefaultRequestHeaders.Authorization = Customer.Basic(username, Password);

        using var user = await http.GetAsync($"/users/{Uri.EscapeDataString(username)}");
        using var changed = await http.PutAsJsonAsync(
            "/auth/password", new { current_password = Password, new_password = Password });
        using var again = await http.GetAsync("/auth/me");

        (await user.JsonAsync()).GetProperty("username").GetString().ShouldBe(username);
        changed.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        again.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("\"\"")]
    [InlineData("null")]
    [InlineData("12")]
    [InlineData("true")]
    [InlineData("[\"ada\"]")]
    [InlineData("\"with:colon\"")]
    [InlineData("\":\"")]
    [InlineData("\".\"")]
    [InlineData("\"..\"")]
    [InlineData("\"line\\nbreak\"")]
    [InlineData("\"line feed at the end\\n\"")]
    [InlineData("\"nul\\u0000\"")]
    [InlineData("\"delete\\u007F\"")]
    [InlineData("\"next\\u0085line\"")]
    [InlineData("\"lone\\uD83D\"")]
    [InlineData("\"lone\\uDD11\"")]
    [InlineData("\"swapped\\uDD11\\uD83D\"")]
    [InlineData("\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"")]
    public async Task An_invalid_username_is_refused(string username)
    {
        using var response = await PostAsync($$"""{"username": {{username}}, "password": "{{Password}}"}""");

        await response.ShouldRefuseFieldAsync("username");
    }

    [Theory]
    [InlineData("\"\"")]
    [InlineData("null")]
    [InlineData("12345678")]
    [InlineData("\"1234567\"")]
    [InlineData("\"\\uD83D\\uDD11\\uD83D\\uDD11\\uD83D\\uDD11\\uD83D\\uDD11\\uD83D\\uDD11\"")]
    [InlineData("\"long enough \\uD83D\"")]
    [InlineData("\"e\\u0308e\\u0308e\\u0308e\\u0308\"")]
    public async Task An_invalid_password_is_refused(string password)
    {
        using var response = await PostAsync(
            $$"""{"username": "{{Names.New()}}", "password": {{password}}}""");

        await response.ShouldRefuseFieldAsync("password");
    }

    [Theory]
    [InlineData("12345678")]
    [InlineData("with:colons:in it")]
    [InlineData("пароль🔑 mit Ümläuten")]
    [InlineData(" \t blank \t ")]
    public async Task A_password_may_contain_any_character(string password)
    {
        var username = Names.New();

        using var response = await RegisterAsync(username, password);

        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        (await SignInAsync(username, password)).ShouldBe(HttpStatusCode.OK);
        (await SignInAsync(username, $"{password}!")).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task All_1024_bytes_of_the_longest_password_count()
    {
        var username = Names.New();
        var password = string.Concat(Enumerable.Repeat("é", 512));

        using var response = await RegisterAsync(username, password);

        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        (await SignInAsync(username, password)).ShouldBe(HttpStatusCode.OK);
        (await SignInAsync(username, $"{password[..511]}e")).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("é", 513)]
    [InlineData("x", 1025)]
    public async Task A_password_of_more_than_1024_bytes_is_refused(string character, int count)
    {
        var password = string.Concat(Enumerable.Repeat(character, count));

        using var response = await RegisterAsync(Names.New(), password);

        await response.ShouldRefuseFieldAsync("password");
    }

    [Fact]
    public async Task Registration_requires_username_and_password()
    {
        using var response = await PostAsync("{}");

        await response.ShouldRefuseFieldAsync("username");
        await response.ShouldRefuseFieldAsync("password");
    }

    [Fact]
    public async Task A_refused_registration_does_not_reveal_the_password()
    {
        using var response = await PostAsync("""{"username": "", "password": "hunter2"}""");

        (await response.Content.ReadAsStringAsync()).ShouldNotContain("hunter2");
    }

    [Fact]
    public async Task Query_parameters_do_not_override_the_registration_body()
    {
        var username = Names.New();

        using var http = bank.Anonymous();
        using var response = await http.PostAsJsonAsync(
            $"/auth/register?username=x{username}&password=another%20password",
            new { username, password = Password });

        (await response.JsonAsync()).GetProperty("username").GetString().ShouldBe(username);
        (await SignInAsync(username, Password)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Registration_accepts_a_trailing_slash()
    {
        using var http = bank.Anonymous();
        using var response = await http.PostAsJsonAsync(
            "/auth/register/", new { username = Names.New(), password = Password });

        response.StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("a/b")]
    [InlineData("a//b/")]
    [InlineData("..")]
    [InlineData("%2F")]
    [InlineData("%")]
    [InlineData("a b?c#d&e=f+g")]
    [InlineData("💰")]
    public async Task Location_of_a_new_user_works_for_any_username(string name)
    {
        var username = name + Names.New();
        var customer = await bank.RegisterAsync();

        using var response = await RegisterAsync(username, Password);
        using var found = await customer.Http.GetAsync(response.Headers.Location);

        (await found.JsonAsync()).GetProperty("username").GetString().ShouldBe(username);
    }

    async Task<HttpResponseMessage> PostAsync(string json, string? key = null)
    {
        using var http = bank.Anonymous();
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/auth/register") { Content = content };

        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);

        return await http.SendAsync(request);
    }

    Task<HttpResponseMessage> RegisterAsync(string username, string password, string? key = null) =>
        PostAsync(JsonSerializer.Serialize(new { username, password }), key);

    Task<string> FingerprintAsync(string username) => bank.Database.ScalarAsync<string>(
        "SELECT fingerprint FROM idempotency_keys JOIN users ON users.id = user_id WHERE username = $1",
        username);

    static string Fingerprint(string body) => Convert.ToBase64String(
        SHA256.HashData(Encoding.UTF8.GetBytes($"POST /auth/register\n{body}")));

    async Task<HttpStatusCode> SignInAsync(string username, string password)
    {
        using var http = bank.Anonymous();
        http.DefaultRequestHeaders.Authorization = Customer.Basic(username, password);
        using var response = await http.GetAsync("/auth/me");
        return response.StatusCode;
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Burst_beyond_the_time_limit_leaves_no_outcome_in_doubt()
    {
        await using var slow = await IsolatedBank.StartAsync(
            bank, "Passwords:WorkFactor=13", "Database:CommitTimeout=00:00:01");
        using var http = slow.Anonymous();

        var responses = await Burst.OfAsync(60, index => http.PostAsJsonAsync(
            "/auth/register", new { username = $"user-{index}", password = Customer.Password }));

        var codes = new List<string>();
        foreach (var response in responses.Where(response => response.StatusCode != HttpStatusCode.Created))
            codes.Add((await response.JsonAsync()).GetProperty("code").GetString()!);

        codes.ShouldContain("overloaded");
        codes.ShouldAllBe(code => code == "not_served_in_time" || code == "overloaded");
        var users = await slow.Database.ScalarAsync<long>("SELECT count(*) FROM users");
        users.ShouldBe(responses.Count(response => response.StatusCode == HttpStatusCode.Created));
    }
}
