using System.Net;
using Bank.Tests.Harness;

namespace Bank.Tests.Features.Health;

public sealed class GetReadinessTests(BankServer bank)
{
    [Theory]
    [InlineData("/health/ready")]
    [InlineData("/health/ready/")]
    public async Task The_database_answers_and_its_schema_is_current(string path)
    {
        using var anonymous = bank.Anonymous();

        using var response = await anonymous.GetAsync(path);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await response.Content.ReadAsStringAsync()).ShouldBe("""{"ok":true}""");
    }
}
