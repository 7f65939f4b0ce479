using System.Net;
using System.Net.Http.Json;
using Bank.Infrastructure.Configuration;
using Bank.Infrastructure.Hosting;
using Bank.Tests.Harness;

namespace Bank.Tests.Infrastructure.Hosting;

/// <summary>The command by which the owner says who runs the bank.</summary>
public sealed class OperatorCommandTests(BankServer bank)
{
    [Fact]
    public async Task Command_adds_lists_and_removes_operators()
    {
        await using var own = await IsolatedDatabase.CreateMigratedAsync(bank);
        var owner = own.ConnectionString;
        (await Operators.RunAsync(owner, "list")).Output.ShouldContain("There are no operators.");

        (await Operators.RunAsync(owner, "add", "grace")).Output.ShouldStartWith("grace is an operator. ");
        (await Operators.RunAsync(owner, "add", "grace")).Output
            .ShouldBe("grace is an operator, and keeps the password.");
        (await Operators.RunAsync(owner, "list")).ShouldBe((0, "grace"));
        (await Operators.RunAsync(owner, "remove", "grace")).Code.ShouldBe(0);

        (await Operators.RunAsync(owner, "list")).Output.ShouldContain("There are no operators.");
        (await Should.ThrowAsync<StartupException>(() => Operators.RunAsync(owner, "remove", "grace")))
            .Message.ShouldBe("grace is no operator.");
        (await Should.ThrowAsync<StartupException>(() => Operators.RunAsync(owner, "add", "a:b")))
            .Message.ShouldContain("colon");
        (await own.Database.ScalarAsync<string>(
            "SELECT string_agg(action, ', ' ORDER BY id) FROM operator_actions"))
            .ShouldBe("add_operator, add_operator, remove_operator");
    }

    [Fact]
    public async Task Role_of_the_API_makes_no_operator() =>
        (await Should.ThrowAsync<StartupException>(
            () => Operators.RunAsync(ApiConnection.Of(bank.ConnectionString), "add", Names.New())))
        .Message.ShouldContain("ConnectionStrings:Owner");

    [Theory]
    [InlineData("operator")]
    [InlineData("operator add")]
    [InlineData("operator rename grace")]
    [InlineData("operator add --ConnectionStrings:Bank=Host=db")]
    public void Incomplete_command_is_refused(string arguments) =>
        Should.Throw<StartupException>(() => CommandLine.Check(arguments.Split(' ')))
            .Message.ShouldBe("Write operator add NAME, operator remove NAME or operator list.");

    [Fact]
    public async Task Closed_registration_is_for_operators()
    {
        await using var closed = await IsolatedBank.StartAsync(bank, "Users:RegistrationBy=Operators");
        using var http = closed.Anonymous();
        var teller = await closed.RegisterOperatorAsync();

        await (await http.PostAsJsonAsync(
            "/auth/register", new { username = "ada", password = Customer.Password }))
            .ShouldBeProblemAsync(HttpStatusCode.Forbidden, "operators_only");
        (await teller.Http.PostAsJsonAsync("/users", new { username = "ada" })).StatusCode
            .ShouldBe(HttpStatusCode.Created);
        (await closed.StopAsync()).ShouldBe(0);
    }
}
