using System.Net;
using System.Net.Http.Json;
using Bank.Tests.Harness;

namespace Bank.Tests.Features.Operators;

/// <summary>Nobody but an operator passes the endpoints of operators.</summary>
public sealed class OperatorAccessTests(BankServer bank)
{
    static readonly (string Method, string Path, object? Body)[] Operations =
    [
        ("GET", "/users", null), ("GET", "/operator/actions", null),
        ("POST", "/users", new { username = "somebody-new" }),
        ("POST", "/users/{0}/block", new { reason = "why" }),
        ("POST", "/users/{0}/unblock", new { reason = "why" }),
        ("POST", "/users/{0}/password", new { reason = "why" }),
    ];

    [Fact]
    public async Task Customers_and_their_keys_are_refused()
    {
        var victim = await bank.RegisterAsync();
        var customer = await bank.RegisterAsync();
        var program = customer.WithKey((await customer.CreateKeyAsync()).Text);

        foreach (var operation in Operations)
        {
            await (await SendAsync(customer, operation, victim)).ShouldBeProblemAsync(
                HttpStatusCode.Forbidden, "operators_only");
            await (await SendAsync(program, operation, victim)).ShouldBeProblemAsync(
                HttpStatusCode.Forbidden, "operators_only");
        }

        (await victim.StatusAsync()).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Read_key_of_an_operator_only_reads()
    {
        var victim = await bank.RegisterAsync();
        var teller = await bank.RegisterOperatorAsync();
        var reader = teller.WithBearer((await teller.CreateKeyAsync("read")).Text);

        foreach (var operation in Operations)
        {
            using var response = await SendAsync(reader, operation, victim);

            if (operation.Method == "GET")
                response.StatusCode.ShouldBe(HttpStatusCode.OK);
            else
                await response.ShouldBeProblemAsync(HttpStatusCode.Forbidden, "key_is_read_only");
        }
    }

    [Fact]
    public async Task Removed_operator_is_a_customer_at_once()
    {
        var victim = await bank.RegisterAsync();
        var teller = await bank.RegisterOperatorAsync();
        (await teller.Http.GetAsync("/users")).StatusCode.ShouldBe(HttpStatusCode.OK);

        await Harness.Operators.RunAsync(bank.ConnectionString, "remove", teller.Username);

        await (await SendAsync(teller, Operations[3], victim)).ShouldBeProblemAsync(
            HttpStatusCode.Forbidden, "operators_only");
        await Eventually.TrueAsync(
            async () => (await teller.Http.GetAsync("/users")).StatusCode == HttpStatusCode.Forbidden,
            "the instance knows");
        (await victim.StatusAsync()).ShouldBe(HttpStatusCode.OK);
        (await teller.StatusAsync()).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Nobody_registers_as_an_operator()
    {
        using var http = bank.Anonymous();
        var username = Names.New();
        (await http.PostAsJsonAsync(
            "/auth/register", new { username, password = Customer.Password, is_operator = true }))
            .EnsureSuccessStatusCode().Dispose();
        http.DefaultRequestHeaders.Authorization = Customer.Basic(username, Customer.Password);

        await (await http.GetAsync("/users")).ShouldBeProblemAsync(
            HttpStatusCode.Forbidden, "operators_only");
    }

    static async Task<HttpResponseMessage> SendAsync(
        Customer sender, (string Method, string Path, object? Body) operation, Customer victim)
    {
        using var request = new HttpRequestMessage(
            new HttpMethod(operation.Method), operation.Path.Replace("{0}", victim.Username))
        {
            Content = operation.Body is null ? null : JsonContent.Create(operation.Body),
        };

        return await sender.Http.SendAsync(request);
    }
}
