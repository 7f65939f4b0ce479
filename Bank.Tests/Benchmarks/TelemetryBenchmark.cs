using System.Net;

namespace Bank.Benchmarks;

/// <summary>
/// What being watched costs: an API that serves metrics, which are fetched every second, and one that sends
/// metrics and traces to a collector, beside one that is asked for neither.
/// </summary>
static class TelemetryBenchmark
{
    const int Connections = 64;
    const int Rounds = 6;
    const int Seconds = 5;
    static readonly TimeSpan FetchEvery = TimeSpan.FromSeconds(1);

    public static async Task<int> RunAsync()
    {
        var metrics = new Uri($"http://127.0.0.1:{ApiProcess.FreePort()}");
        using var collector = new Collector(new Uri($"http://127.0.0.1:{ApiProcess.FreePort()}/"));
        await using var ledger = await BenchmarkLedger.StartAsync();
        await using var alone = await ApiProcess.StartAsync(ledger.ConnectionString);
        await using var fetched = await ApiProcess.StartAsync(
            ledger.ConnectionString, ("Metrics__Address", metrics.ToString()));
        await using var sending = await ApiProcess.StartAsync(
            ledger.ConnectionString,
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Address.ToString()),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "5000"));
        await ledger.SeedAsync();
        using var ended = new CancellationTokenSource();
        var fetches = FetchAsync(metrics, ended.Token);
        ApiProcess[] all = [alone, fetched, sending];
        var runs = new List<(ApiProcess Api, ApiRun Run)>();

        for (var round = 1; round <= Rounds; round++)
        {
            // Whoever goes later may find the machine in another state: they take turns.
            foreach (var api in all[(round % all.Length)..].Concat(all[..(round % all.Length)]))
            {
                await api.SignInAsync(BenchmarkLedger.Authorizations);
                runs.Add((api, await ledger.MeasureAsync(api, "uniform", Connections, Seconds)));
            }
        }

        await ended.CancelAsync();
        Console.WriteLine("| | per second | p99 ms | API's processor time in µs a transfer | API MB |");
        Console.WriteLine("|---|---:|---:|---:|---:|");
        Print("alone", runs, alone);
        Print("metrics are fetched", runs, fetched);
        Print("all is sent", runs, sending);
        Console.WriteLine($"{await fetches} fetches of metrics, {collector.Received} exports.");
        var holds = runs.TrueForAll(run => run.Run.IsExact) && await ledger.HoldsAsync();
        Console.WriteLine(holds ? BenchmarkLedger.Exact : BenchmarkLedger.Inexact);

        return holds ? 0 : 1;
    }

    static void Print(string name, List<(ApiProcess Api, ApiRun Run)> all, ApiProcess api)
    {
        var runs = all.Where(one => one.Api == api).Select(one => one.Run).ToList();
        Console.WriteLine(
            $"| {name} | {Median.Of(runs.Select(run => run.Wrk.Rate)):N0} "
            + $"| {Median.Of(runs.Select(run => run.Wrk.P99)):N1} "
            + $"| {Median.Of(runs.Select(run => run.Cores / run.Wrk.Rate * 1e6)):N1} "
            + $"| {runs[^1].ResidentMegabytes:N0} |");
    }

    static async Task<int> FetchAsync(Uri metrics, CancellationToken ended)
    {
        using var http = new HttpClient { BaseAddress = metrics };
        var fetches = 0;

        while (!ended.IsCancellationRequested)
        {
            await http.GetStringAsync(new Uri("/metrics", UriKind.Relative), default);
            fetches++;
            await Task.Delay(FetchEvery, ended).ContinueWith(_ => { }, TaskScheduler.Default);
        }

        return fetches;
    }

    /// <summary>Takes what is exported to it and keeps nothing.</summary>
    sealed class Collector : IDisposable
    {
        readonly HttpListener listener = new();
        int received;

        public Collector(Uri address)
        {
            Address = address;
            listener.Prefixes.Add(address.ToString());
            listener.Start();
            _ = ReceiveAsync();
        }

        public Uri Address { get; }

        public int Received => received;

        public void Dispose() => listener.Close();

        async Task ReceiveAsync()
        {
            while (listener.IsListening)
            {
                HttpListenerContext export;

                try
                {
                    export = await listener.GetContextAsync();
                }
                catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
                {
                    return;
                }

                await export.Request.InputStream.CopyToAsync(Stream.Null);
                export.Response.Close();
                Interlocked.Increment(ref received);
            }
        }
    }
}
