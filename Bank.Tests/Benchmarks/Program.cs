using System.Globalization;
using Bank.Benchmarks;
using Bank.Features.Transfers;

// The benchmarks are listed in the README beside this file. Without an argument, transfers over HTTP are
// compared with pgbench on the same PostgreSQL.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

if (args is [ApiProcess.Argument, .. var settings])
    return (int)typeof(TransferRequest).Assembly.EntryPoint!.Invoke(null, [settings])!;

if (Programs.Missing() is { } missing)
{
    Console.Error.WriteLine(missing);
    return 1;
}

switch (args.FirstOrDefault())
{
    case "sign-in":
        return await SignInBenchmark.RunAsync();
    case "locked":
        return await LockedBenchmark.RunAsync(args[1..]);
    case "instances":
        return await InstancesBenchmark.RunAsync();
    case "reads":
        return await ReadsBenchmark.RunAsync();
    case "live":
        return await LiveBenchmark.RunAsync(args.Contains("quick"));
    case "webhooks":
        return await WebhooksBenchmark.RunAsync(args.Contains("quick"));
    case "bulk":
        return await BulkBenchmark.RunAsync(args.Contains("quick"));
    case "scale":
        return await RunScaleAsync(args[1..]);
    case "telemetry":
        return await TelemetryBenchmark.RunAsync();
    case "soak":
        return await SoakBenchmark.RunAsync();
}

if (args is not ([] or ["quick"]))
{
    Console.Error.WriteLine(
        $"'{args[0]}' is no benchmark: quick, bulk, reads, locked, instances, sign-in, telemetry, live, "
        + "webhooks, soak, scale.");
    return 1;
}

return await TransferBenchmark.RunAsync(isQuick: args.Contains("quick"));

static async Task<int> RunScaleAsync(string[] words)
{
    try
    {
        return await ScaleBenchmark.RunAsync(words);
    }
    catch (ArgumentException wrong)
    {
        Console.Error.WriteLine(wrong.Message);
        return 1;
    }
}
