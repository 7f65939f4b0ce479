using System.Net;
using Bank.Infrastructure.DevelopmentDatabase;
using Bank.Tests.Harness;

namespace Bank.Tests.Faults;

/// <summary>The database's files are deleted while the API serves.</summary>
[Collection("Faults")]
[Trait("Speed", "Slow")]
public sealed class DeletedDataTests
{
    [Fact]
    public async Task Deleted_data_answers_503_and_never_500()
    {
        var directory = Directory.CreateTempSubdirectory("bank-deleted-").FullName;
        var data = Path.Combine(directory, "pg");
        await using var server = await LocalPostgres.StartAsync(data);
        await using var process = await BankProcess.StartAsync(
            server.ConnectionString, "Database:CommitTimeout=00:00:01");
        var customer = await Customer.RegisterAsync(process.Address);
        var account = await customer.OpenAccountAsync(10m);

        Directory.Delete(directory, recursive: true);
        List<HttpStatusCode> statuses = [];

        for (var round = 0; round < 5; round++)
        {
            var answers = await Task.WhenAll(
                customer.Http.GetAsync($"/accounts/{account}"),
                customer.Http.GetAsync($"/accounts/{account}/statement"),
                customer.Http.GetAsync($"/transactions/account/{account}"),
                customer.Http.PostAsync("/accounts/", null),
                customer.DepositAsync(account, 1m),
                customer.WithdrawAsync(account, 1m));
            statuses.AddRange(answers.Select(answer => answer.StatusCode));
        }

        statuses.ShouldNotContain(HttpStatusCode.InternalServerError);
        await Eventually.TrueAsync(
            async () =>
            {
                using var ready = await customer.Http.GetAsync("/health/ready");
                return ready.StatusCode == HttpStatusCode.ServiceUnavailable;
            },
            "it is not ready");
        (await process.StopAsync()).ShouldBe(0);
    }
}
