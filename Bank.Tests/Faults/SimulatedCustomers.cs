using System.Net;
using Bank.Tests.Harness;

namespace Bank.Tests.Faults;

/// <summary>Customers with money, and the check of their ledger against all replies.</summary>
sealed class SimulatedCustomers
{
    const int Customers = 4;
    const decimal FirstBalance = 500m;

    readonly Dictionary<Customer, long[]> owners = [];
    readonly Received received = new();
    RecordedLedger ledger;
    HashSet<Guid> openings = [];

    SimulatedCustomers(RecordedLedger ledger) => this.ledger = ledger;

    /// <summary>The accounts of all customers.</summary>
    public long[] Accounts => [.. owners.Values.SelectMany(accounts => accounts)];

    /// <summary>Registers the customers and opens this many accounts.</summary>
    /// <param name="ledger">The ledger in the database.</param>
    /// <param name="api">One of its APIs.</param>
    /// <param name="accounts">The number of accounts, divided evenly.</param>
    public static async Task<SimulatedCustomers> OpenAsync(RecordedLedger ledger, Uri api, int accounts)
    {
        var customers = new SimulatedCustomers(ledger);

        for (var index = 0; index < Customers; index++)
        {
            var customer = await Customer.RegisterAsync(api);
            customers.owners[customer] = await Task.WhenAll(Enumerable.Range(0, accounts / Customers)
                .Select(_ => OpenAccountAsync(customer)));
        }

        customers.openings = [.. (await customers.RowsAsync()).Keys];
        return customers;
    }

    /// <summary>Clients that act as these customers, at all of the APIs.</summary>
    public IEnumerable<Client> Clients(int count, params Uri[] apis) => Clients(count, hasKeys: false, apis);

    /// <inheritdoc cref="Clients(int, Uri[])"/>
    public IEnumerable<Client> Clients(int count, bool hasKeys, params Uri[] apis)
    {
        var logins = owners.Keys
            .Select(customer => apis.Select(api => customer.At(api)).ToArray())
            .ToArray();
        var own = owners.Values.ToArray();

        return Enumerable.Range(0, count).Select(index => new Client(
            logins[index % Customers], own[index % Customers], Accounts, received, new Random(index),
            hasKeys));
    }

    /// <summary>A random customer and one of their accounts.</summary>
    public (Customer Customer, long Account) RandomAccount(Random random)
    {
        var (customer, accounts) = owners.ElementAt(random.Next(owners.Count));
        return (customer, accounts[random.Next(accounts.Length)]);
    }

    /// <summary>
    /// Checks the ledger against all replies: every 201 is recorded once and as replied, no refusal is
    /// recorded, an unknown outcome is recorded once or not at all, nothing else is recorded, and all
    /// balances add up.
    /// </summary>
    /// <param name="attempts">All movements with their replies.</param>
    /// <param name="now">The ledger on another server, after a failover.</param>
    public async Task ShouldMatchLedgerAsync(IReadOnlyList<Attempt> attempts, RecordedLedger? now = null)
    {
        ledger = now ?? ledger;
        var rows = await RowsAsync();
        var unexplained = rows.Keys.Except(openings).ToHashSet();
        var total = FirstBalance * Accounts.Length;

        foreach (var attempt in attempts)
        {
            attempt.ShouldBeConsistent();

            foreach (var id in attempt.Ids.Where(rows.ContainsKey))
            {
                attempt.ShouldHavePosted(rows[id]);
                unexplained.Remove(id).ShouldBeTrue($"{id} stands for two movements");
                total += attempt.Movement.Change;
            }

            foreach (var reply in attempt.Replies.Where(reply => reply.IsPosted))
                rows.Keys.ShouldContain(reply.Id!.Value);
        }

        unexplained.ShouldBeEmpty("no reply names these");
        (await ledger.SumAsync(Accounts)).ShouldBe(total);
        await ledger.ShouldHoldAsync(Accounts);
    }

    /// <summary>
    /// Opens an account with money in it. Servers that just came back may need several tries.
    /// </summary>
    static async Task<long> OpenAccountAsync(Customer customer)
    {
        var key = $"{Guid.NewGuid()}";
        using var opened = await RepeatAsync(() => customer.PostAsync("/accounts/", "{}", key));
        var account = (await opened.JsonAsync()).GetProperty("id").GetInt64();
        using var deposited = await RepeatAsync(
            () => customer.DepositAsync(account, FirstBalance, $"{key}-first"));

        return account;
    }

    static async Task<HttpResponseMessage> RepeatAsync(Func<Task<HttpResponseMessage>> send)
    {
        HttpResponseMessage? response = null;
        await Eventually.TrueAsync(
            async () =>
            {
                response?.Dispose();
                response = await send();
                return response.StatusCode != HttpStatusCode.ServiceUnavailable;
            },
            "the bank serves");

        return response!.EnsureSuccessStatusCode();
    }

    async Task<Dictionary<Guid, TransactionRow>> RowsAsync() =>
        (await ledger.TransactionsOfAsync(Accounts)).ToDictionary(row => row.Id);
}
