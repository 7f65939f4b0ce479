using System.Collections.Concurrent;
using Bank.Tests.Harness;

namespace Bank.Tests.Faults;

/// <summary>
/// Two APIs and their database, of which any part may fail at any time, and customers who misbehave.
/// </summary>
sealed class SoakedBank : IAsyncDisposable
{
    /// <summary>Limits of a single user would count the soak's few customers, not its faults.</summary>
    static readonly string[] Settings =
        ["Database:CommitTimeout=00:00:04", "Limits:RequestsPerUser=0", "GroupCommit:CommandsPerUser=0"];

    readonly CrashingPostgres postgres;
    readonly DatabaseProxy proxy;
    readonly BankProcess[] apis;
    readonly List<IDisposable> readers = [];
    readonly ConcurrentDictionary<string, int> faults = new();

    SoakedBank(CrashingPostgres postgres, DatabaseProxy proxy, BankProcess[] apis)
    {
        this.postgres = postgres;
        this.proxy = proxy;
        this.apis = apis;
        Ledger = new RecordedLedger(postgres.Database);
        Apis = [.. apis.Select(api => api.Address)];
    }

    public RecordedLedger Ledger { get; }

    /// <summary>The addresses of the APIs, which they keep when they are started again.</summary>
    public Uri[] Apis { get; }

    /// <summary>How many faults there were, by kind.</summary>
    public string Faults => $"{faults.Values.Sum()} faults: "
        + string.Join(", ", faults.OrderBy(fault => fault.Key).Select(fault => $"{fault.Value} {fault.Key}"));

    public static async Task<SoakedBank> StartAsync()
    {
        var postgres = await CrashingPostgres.StartAsync();
        var proxy = new DatabaseProxy(postgres.ConnectionString);
        var apis = await BankProcess.StartAsync(2, proxy.ConnectionString, Settings);

        return new SoakedBank(postgres, proxy, apis);
    }

    /// <summary>Lets something fail, and waits until that is over.</summary>
    public Task FailAsync(Clientele clientele, Random random) => random.Next(20) switch
    {
        0 => CountAsync("crashes of PostgreSQL", postgres.CrashAsync()),
        1 => CountAsync("kills of an API", KillApiAsync(random.Next(apis.Length))),
        2 or 3 => CountAsync("absences", StayAwayAsync(random)),
        4 or 5 or 6 => CountAsync("locked rows", LockAsync(clientele, random)),
        7 or 8 => CountAsync("slow readers", ReadSlowlyAsync(clientele, random)),
        9 or 10 or 11 => CountAsync("stalls", proxy.StallForAsync(Milliseconds(random, 300))),
        12 or 13 or 14 => CountAsync("lost answers", proxy.SwallowForAsync(Milliseconds(random, 50))),
        15 or 16 or 17 => CountAsync("cuts before the end", proxy.CutOnceAsync(CutPoint.BeforeReady)),
        _ => CountAsync("cuts after a request", proxy.CutOnceAsync(CutPoint.AfterRequest)),
    };

    /// <summary>Ends what goes on beside: the slow readers.</summary>
    public void Heal()
    {
        readers.ForEach(reader => reader.Dispose());
        readers.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        Heal();

        foreach (var api in apis)
            await api.DisposeAsync();

        await proxy.DisposeAsync();
        await postgres.DisposeAsync();
    }

    static TimeSpan Milliseconds(Random random, int most) => TimeSpan.FromMilliseconds(random.Next(most));

    async Task CountAsync(string kind, Task fault)
    {
        await fault;
        faults.AddOrUpdate(kind, 1, (_, count) => count + 1);
    }

    async Task KillApiAsync(int index)
    {
        apis[index].Kill();
        await apis[index].DisposeAsync();
        apis[index] = await BankProcess.StartAsync(
            proxy.ConnectionString, [.. Settings, $"urls={Apis[index]}"]);
    }

    async Task StayAwayAsync(Random random)
    {
        proxy.GoAway();
        await Task.Delay(Milliseconds(random, 1000));
        proxy.ComeBack();
    }

    async Task LockAsync(Clientele clientele, Random random)
    {
        var accounts = random.GetItems(clientele.Accounts, random.Next(1, 8));

        await using (await LockedAccounts.LockAsync(postgres.Database, accounts))
            await Task.Delay(Milliseconds(random, 1500));
    }

    async Task ReadSlowlyAsync(Clientele clientele, Random random)
    {
        var (customer, account) = clientele.Someone(random);

        for (var reader = 0; reader < 10; reader++)
        {
            var api = Apis[random.Next(Apis.Length)];
            readers.Add(await SlowReader.AskAsync(api, customer, account, requests: 50));
        }
    }
}
