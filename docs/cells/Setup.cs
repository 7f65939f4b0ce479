namespace Bank.Cells;

/// <summary>
/// Opens the accounts of each cell and writes them into the address book. Every step has a key, so that it
/// may be repeated.
/// </summary>
static class Setup
{
    public static async Task RunAsync(string file)
    {
        var book = AddressBook.Read(file);

        foreach (var (name, entry) in book.Cells.ToArray())
        {
            var cell = book.Cell(name);
            await cell.PostAsync(
                "/auth/register", new { username = entry.Operator, password = entry.Password }, "operator");
            var settlement = new Dictionary<string, long>();

            foreach (var other in book.Cells.Keys.Where(other => other != name))
            {
                settlement[other] = await OpenAsync(cell, $"settlement-{other}");
                await cell.PostAsync(
                    "/transactions/deposit",
                    new { account_id = settlement[other], amount = entry.Funds, reference = "Funds" },
                    $"funds-{other}");
            }

            book.Cells[name] = entry with
            {
                Transit = await OpenAsync(cell, "transit"),
                Settlement = settlement,
            };
        }

        book.Write(file);
    }

    static async Task<long> OpenAsync(Cell cell, string key) =>
        (await cell.PostAsync("/accounts/", new { }, key))?.GetProperty("id").GetInt64()
        ?? throw new CellException($"{cell.Name} does not open an account.");
}
