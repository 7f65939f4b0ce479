namespace Bank.Cells;

/// <summary>Pays at random between all customers, to try the protocol out.</summary>
static class Load
{
    const int Drivers = 8;

    public static async Task RunAsync(AddressBook book, int seconds)
    {
        using var end = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        var password = Environment.GetEnvironmentVariable("CELLS_PASSWORD") ?? "";
        var outcomes = await Task.WhenAll(
            Enumerable.Range(0, Drivers).Select(_ => DriveAsync(book, password, end.Token)));

        foreach (var outcome in outcomes.SelectMany(outcome => outcome).GroupBy(outcome => outcome))
            Console.WriteLine($"{outcome.Key}: {outcome.Count()}");
    }

    static async Task<List<string>> DriveAsync(AddressBook book, string password, CancellationToken end)
    {
        var payments = new Payments(book);
        var outcomes = new List<string>();

        while (!end.IsCancellationRequested)
        {
            var customers = Random.Shared.GetItems([.. book.Customers.Keys], 2);

            if (customers[0] != customers[1])
                outcomes.Add(await payments.PayAsync(
                    customers[0], customers[1], Random.Shared.Next(1, 1000) / 100m, $"{Guid.NewGuid()}",
                    password));
        }

        return outcomes;
    }
}
