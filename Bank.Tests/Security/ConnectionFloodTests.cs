using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Bank.Infrastructure.Http;
using Bank.Tests.Harness;

namespace Bank.Tests.Security;

/// <summary>
/// A stranger opens more connections than the process may open files. The pools are empty before, so that the
/// API connects to the database while the limit is reached.
/// </summary>
[Trait("Speed", "Slow")]
public sealed partial class ConnectionFloodTests(BankServer server) : IAsyncDisposable
{
    const int MaxFiles = 1024;
    const int Connections = 1100;
    const int Clients = 30;

    readonly List<TcpClient> strangers = [];
    IsolatedBank bank = null!;

    public async ValueTask DisposeAsync()
    {
        strangers.ForEach(stranger => stranger.Dispose());

        if (bank is not null)
            await bank.DisposeAsync();
    }

    [Fact]
    public async Task Connected_clients_are_served_at_the_limit_of_open_files()
    {
        bank = await IsolatedBank.StartAsync(server, api => api, MaxFiles, "Database:CommitTimeout=00:00:30");
        var customer = await bank.RegisterAsync();
        await Burst.OfAsync(Clients, _ => customer.Http.GetAsync("/health"));
        var account = await customer.OpenAccountAsync(100m);

        await ConnectAsync();
        var answers = await Burst.OfAsync(Clients, client => (client % 5) switch
        {
            0 => customer.Http.GetAsync($"/accounts/{account}/statement"),
            1 => customer.Http.PostAsync("/accounts/", null),
            2 => customer.DepositAsync(account, 1m),
            3 => customer.Http.GetAsync("/docs"),
            _ => customer.Http.GetAsync("/health/ready"),
        });

        answers.ShouldAllBe(answer => answer.IsSuccessStatusCode);
        bank.OpenFiles.ShouldBeLessThan(MaxFiles - 100);
        bank.Status("Threads").ShouldBeLessThan(100);
        AcceptedAtOnce.ShouldBeInRange(300, MaxFiles - 100);
        var lines = bank.Output.Split('\n');
        lines.ShouldContain(line => line.Contains($"All {AcceptedAtOnce} connections are in use"));
        lines.Length.ShouldBeLessThan(10);

        strangers.ForEach(stranger => stranger.Dispose());
        strangers.Clear();
        await Eventually.TrueAsync(
            () => bank.OpenFiles < MaxFiles / 2, "the strangers' connections are closed");
        await UnreadInputTakesLittleMemoryAsync(customer);
        await RefusedRequestsOpenNoConnectionsAsync();
    }

    async Task UnreadInputTakesLittleMemoryAsync(Customer customer)
    {
        await ConnectAsync();
        var before = bank.Status("VmRSS");
        var head = $"POST /auth/register HTTP/1.1\r\nHost: bank\r\nX-Long: {new string('x', 15_000)}\r\n"
            + "Content-Type: application/json\r\nContent-Length: 16000\r\n\r\n{\"username\":\"";
        var request = Encoding.Latin1.GetBytes(head + new string('x', 15_000));

        await Parallel.ForEachAsync(strangers, async (stranger, ct) =>
        {
            try
            {
                await stranger.GetStream().WriteAsync(request, ct);
            }
            catch (IOException)
            {
                // It is beyond the limit.
            }
        });
        await Burst.OfAsync(Clients, _ => customer.Http.GetAsync("/auth/me"));

        // In KiB: the headers, the body, and what the framework keeps of both.
        (bank.Status("VmRSS") - before).ShouldBeLessThan(AcceptedAtOnce * 100);
    }

    async Task RefusedRequestsOpenNoConnectionsAsync()
    {
        strangers.ForEach(stranger => stranger.Dispose());
        await Eventually.TrueAsync(
            () => bank.OpenFiles < MaxFiles / 2, "the strangers' connections are closed");
        using var stranger = bank.Anonymous();

        await Burst.OfAsync(300, async request =>
        {
            using var guess = new HttpRequestMessage(HttpMethod.Get, "/auth/me");
            guess.Headers.Authorization = Customer.Basic(Names.New(), $"{request}");
            return await stranger.SendAsync(guess);
        });

        (await bank.Database.ScalarAsync<long>(
            "SELECT sessions FROM pg_stat_database WHERE datname = current_database()"))
            .ShouldBeLessThan(60);
    }

    [Fact]
    public async Task Start_with_too_few_open_files_names_the_remedy()
    {
        var failure = await Should.ThrowAsync<InvalidOperationException>(
            () => IsolatedBank.StartAsync(server, api => api, maxFiles: 450));

        failure.Message.ShouldContain("exit code 1 ");
        failure.Message.ShouldMatch("The limit of open files is 450, and the API needs [0-9]+: raise it");
    }

    [Theory]
    [InlineData(1024, 624)]
    [InlineData(1_048_576, 20_000)]
    [InlineData(long.MaxValue, 20_000)]
    public void Connections_follow_the_limit_of_open_files(long maxFiles, int connections) =>
        new ConnectionLimit(maxFiles, needed: 200).MaxConnections.ShouldBe(connections);

    int AcceptedAtOnce => int.Parse(
        AcceptsLine.Match(bank.Output).Groups[1].Value, CultureInfo.InvariantCulture);

    async Task ConnectAsync()
    {
        for (var connection = 0; connection < Connections; connection++)
        {
            strangers.Add(new TcpClient());
            var address = HttpVersions.Http1Of(bank.Address);
            await strangers[^1].ConnectAsync(address.Host, address.Port);
        }
    }

    [GeneratedRegex(@"Accepts (\d+) connections at once; the limit of open files is 1024")]
    static partial Regex AcceptsLine { get; }
}
