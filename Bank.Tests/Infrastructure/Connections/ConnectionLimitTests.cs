using System.Globalization;
using System.Net;
using Bank.Tests.Harness;
using Npgsql;

namespace Bank.Tests.Infrastructure.Connections;

/// <summary>A server that accepts fewer connections than the pools may have.</summary>
[Trait("Speed", "Slow")]
public sealed class ConnectionLimitTests(BankServer bank)
{
    [Fact]
    public async Task Readers_queue_for_a_connection_while_the_server_is_full()
    {
        var role = $"limited_{Names.New()}";
        await using var own = await IsolatedDatabase.CreateAsync(bank);
        var connection = new NpgsqlConnectionStringBuilder(own.ConnectionString)
        {
            Username = role,
            Password = Customer.Password,
        };
        await using var process = await BankProcess.StartAsync(
            connection.ConnectionString, own.ConnectionString, ["Database:CommitTimeout=00:01:00"]);
        await bank.Database.ExecuteAsync($"ALTER ROLE {role} CONNECTION LIMIT 8");
        var customer = await Customer.RegisterAsync(process.Address);
        var account = await customer.OpenAccountAsync(1m);

        var answers = await Burst.OfAsync(400, request => (request % 4) switch
        {
            0 => customer.Http.GetAsync($"/accounts/{account}/statement"),
            1 => customer.Http.PostAsync("/accounts/", null),
            2 => customer.Http.GetAsync("/accounts/?limit=1"),
            _ => customer.Http.GetAsync("/health/ready"),
        });

        answers.Where(answer => answer.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.Created))
            .ShouldBeEmpty();
        using var posted = await customer.DepositAsync(account, 1m);
        posted.StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public void Kubernetes_manifest_fits_into_the_default_of_100_connections()
    {
        var manifest = SourceTree.Read("docs/kubernetes/bank.yaml");
        var instances = Number("replicas: ") + Number("maxSurge: ");

        var pools = Number("name: Database__LedgerConnections\n              value: \"")
            + Number("name: Database__GeneralConnections\n              value: \"");

        // Four probes for each of several hosts, three for migrations, three reserved for the superuser.
        (instances * (pools + 4) + 3 + 3).ShouldBeLessThanOrEqualTo(100);

        int Number(string before)
        {
            var at = manifest.IndexOf(before, StringComparison.Ordinal);
            at.ShouldBeGreaterThan(0, before);
            return int.Parse(
                string.Concat(manifest[(at + before.Length)..].TakeWhile(char.IsAsciiDigit)),
                CultureInfo.InvariantCulture);
        }
    }
}
