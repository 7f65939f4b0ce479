using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Bank.Infrastructure.ApiKeys;
using Bank.Infrastructure.Auth;
using Bank.Tests.Harness;
using Microsoft.Extensions.DependencyInjection;

namespace Bank.Tests.Infrastructure.ApiKeys;

/// <summary>What keys open, over HTTP.</summary>
public sealed class KeyAccessTests(BankServer bank)
{
    static readonly string[] PasswordOnly =
        ["POST /auth/keys", "GET /auth/keys", "DELETE /auth/keys", "DELETE /auth/keys/{id}",
            "PUT /auth/password", "DELETE /auth/me"];

    [Fact]
    public async Task Read_key_may_only_GET_and_HEAD_at_every_operation()
    {
        var (customer, accounts) = await bank.RegisterAsync(10m, 0m);
        var reader = customer.WithBearer((await customer.CreateKeyAsync("read")).Text);
        string[] changes =
        [
            .. (await OperationsAsync()).Where(route => !route.StartsWith("GET ", StringComparison.Ordinal)),
        ];
        changes.Length.ShouldBeGreaterThan(12);

        foreach (var route in changes)
        {
            using var response = await SendAsync(reader, route, accounts[0]);
            await response.ShouldBeProblemAsync(HttpStatusCode.Forbidden, "key_is_read_only");
        }

        (await reader.AvailableAsync(accounts[0])).ShouldBe(10m);
        using var head = await reader.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/auth/me"));
        head.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await customer.StatusAsync()).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Managing_keys_and_the_user_needs_the_password()
    {
        var customer = await bank.RegisterAsync();
        var program = customer.WithKey((await customer.CreateKeyAsync()).Text);

        foreach (var route in PasswordOnly)
        {
            using var response = await SendAsync(program, route, id: 1);
            await response.ShouldBeProblemAsync(HttpStatusCode.Forbidden, "password_required");
        }

        (await customer.Http.GetFromJsonAsync<JsonElement[]>("/auth/keys"))!.Length.ShouldBe(1);
        (await program.StatusAsync()).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Document_says_which_operations_need_the_password()
    {
        using var http = bank.Anonymous();
        var document = await http.GetFromJsonAsync<JsonElement>("/openapi.json");

        var routes =
            from path in document.GetProperty("paths").EnumerateObject()
            from method in path.Value.EnumerateObject()
            where method.Value.GetProperty("responses").TryGetProperty("403", out var refused)
                && refused.GetRawText().Contains("password_required")
            select $"{method.Name.ToUpperInvariant()} {path.Name}";

        routes.ShouldBe(PasswordOnly, ignoreOrder: true);
    }

    [Fact]
    public async Task Every_refused_credential_gets_the_same_401()
    {
        var customer = await bank.RegisterAsync();
        var other = await bank.RegisterAsync();
        var (id, text) = await customer.CreateKeyAsync();
        var (_, right) = await customer.CreateKeyAsync();
        (await customer.Http.DeleteAsync($"/auth/keys/{id}")).EnsureSuccessStatusCode().Dispose();
        var mistyped = $"{right[..^1]}{(right[^1] == 'x' ? 'y' : 'x')}";
        using var anonymous = bank.Anonymous();
        var expected = await AnswerAsync(anonymous);

        Customer[] refused =
        [
            customer.WithKey(text), customer.WithBearer(text), customer.WithKey(mistyped),
            customer.WithBearer(mistyped), other.WithKey(right), customer.WithKey(KeyText.Create()),
            customer.WithBearer(KeyText.Create()), customer.WithBearer(Customer.Password),
            customer.WithBearer("x"), customer.WithKey("a wrong password"),
        ];

        foreach (var credentials in refused)
            (await AnswerAsync(credentials.Http)).ShouldBe(expected);

        expected.ShouldContain("Basic realm=\"Bank\", charset=\"UTF-8\"");
        expected.ShouldNotContain("Bearer");
        (await customer.WithKey(right).StatusAsync()).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Wrong_key_of_an_unknown_user_is_tried_as_a_password()
    {
        var keys = bank.Services.GetRequiredService<KeySignIn>();
        var wrong = bank.Services.GetRequiredService<WrongPasswords>();
        var credentials = new BasicCredentials(Names.New(), $"bank_{new string('a', 49)}");
        var origin = new SignInOrigin(Names.New(), Connection: null);

        (await keys.CheckAsync(credentials.Username, credentials.Password, origin)).ShouldBeNull();

        wrong.Contains(credentials, origin.Address, passwordHash: null)
            .ShouldBeFalse("without bcrypt the response comes sooner than for a known user");
    }

    [Fact]
    public async Task Password_in_the_form_of_a_key_signs_in()
    {
        var username = Names.New();
        var password = KeyText.Create();
        using var http = bank.Anonymous();
        (await http.PostAsJsonAsync("/auth/register", new { username, password }))
            .EnsureSuccessStatusCode().Dispose();
        var user = new Customer(username, http);

        (await user.WithKey(password).StatusAsync()).ShouldBe(HttpStatusCode.OK);
        (await user.WithKey(password).StatusAsync()).ShouldBe(HttpStatusCode.OK);
        (await user.WithKey(KeyText.Create()).StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized);
        (await user.WithBearer(password).StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized);
        // A password, so it may do what needs one.
        (await user.WithKey(password).CreateKeyAsync()).Text.ShouldNotBe(password);
    }

    async Task<string[]> OperationsAsync()
    {
        using var http = bank.Anonymous();
        var document = await http.GetFromJsonAsync<JsonElement>("/openapi.json");

        return
        [
            .. from path in document.GetProperty("paths").EnumerateObject()
               from method in path.Value.EnumerateObject()
               where method.Value.GetProperty("security").GetArrayLength() > 0
               select $"{method.Name.ToUpperInvariant()} {path.Name}",
        ];
    }

    static async Task<HttpResponseMessage> SendAsync(Customer customer, string route, long id)
    {
        var (method, path) = (route.Split(' ')[0], route.Split(' ')[1]);
        using var request = new HttpRequestMessage(
            new HttpMethod(method), path.Replace("{id}", $"{id}").Replace("{username}", customer.Username));

        if (method is "POST" or "PUT")
            request.Content = new StringContent("{}", Encoding.UTF8, "application/json");

        return await customer.Http.SendAsync(request);
    }

    /// <summary>The whole response, without its date and trace id.</summary>
    static async Task<string> AnswerAsync(HttpClient http)
    {
        using var response = await http.GetAsync("/auth/me");
        var headers = response.Headers.Where(header => header.Key != "Date")
            .Concat(response.Content.Headers)
            .Select(header => $"{header.Key}: {string.Join(", ", header.Value)}");

        return $"{response.StatusCode}\n{string.Join('\n', headers)}\n{await response.WithoutTraceAsync()}";
    }
}
