using System.Net;
using Bank.Tests.Harness;

namespace Bank.Tests.Features.Health;

public sealed class GetHealthTests(BankServer bank)
{
    [Theory]
    [InlineData("/health")]
    [InlineData("/health/")]
    public async Task Health_returns_ok(string path)
    {
        using var anonymous = bank.Anonymous();

        using var response = await anonymous.GetAsync(path);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await response.Content.ReadAsStringAsync()).ShouldBe("""{"ok":true}""");
    }
}
