using System.Diagnostics;
using System.Globalization;

namespace Bank.Cells;

/// <summary>
/// Checks that nothing is in transit, that the two settlement accounts of each pair of cells mirror each
/// other, and that every cell's own ledger verifies.
/// </summary>
static class Check
{
    /// <returns>The exit code: 0 if everything adds up.</returns>
    public static async Task<int> RunAsync(AddressBook book)
    {
        var cells = book.Cells.Keys.Select(book.Cell).ToArray();
        var isRight = true;

        foreach (var cell in cells)
            isRight &= Report($"{cell.Name}: in transit", await cell.BalanceAsync(cell.Transit), 0);

        foreach (var (index, one) in cells.Index())
        {
            foreach (var other in cells[(index + 1)..])
            {
                // What one cell's account has more, the other's has less.
                var sum = await one.BalanceAsync(one.SettlementWith(other.Name))
                    + await other.BalanceAsync(other.SettlementWith(one.Name));
                isRight &= Report(
                    $"{one.Name} and {other.Name}: settlement accounts", sum, one.Funds + other.Funds);
            }
        }

        foreach (var cell in cells.Where(cell => cell.VerifyCommand.Length > 0))
            isRight &= await VerifyAsync(cell);

        return isRight ? 0 : 1;
    }

    static bool Report(string what, decimal found, decimal expected)
    {
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{what}: {found:F2}, {(found == expected ? "ok" : $"expected {expected:F2}")}"));
        return found == expected;
    }

    static async Task<bool> VerifyAsync(Cell cell)
    {
        using var verify = Process.Start(
            new ProcessStartInfo(cell.VerifyCommand[0], cell.VerifyCommand[1..])
            {
                RedirectStandardOutput = true,
            })!;
        var lines = (await verify.StandardOutput.ReadToEndAsync()).TrimEnd().Split('\n');
        await verify.WaitForExitAsync();
        Console.WriteLine($"{cell.Name}: {lines[^1]}");

        return verify.ExitCode == 0;
    }
}
