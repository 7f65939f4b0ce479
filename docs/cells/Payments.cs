using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Bank.Cells;

/// <summary>
/// Pays from one cell to another. The money goes into the payer's cell's transit account; the payee's cell
/// pays the payee from its settlement account; then the transit account settles, or refunds if the payee's
/// cell refused. Each step has a key that follows from the transaction in the transit account, and the
/// address is in its reference. So there is no journal: whoever finds the transaction can finish the payment.
/// </summary>
sealed partial class Payments(AddressBook book)
{
    /// <summary>
    /// Cells keep keys for 30 days by default. Without them a step would be taken twice, so an older payment
    /// is left to a person.
    /// </summary>
    static readonly TimeSpan MaxAge = TimeSpan.FromDays(20);

    /// <summary>Pays once for each id, however often it is called.</summary>
    /// <returns><c>paid</c>, <c>refused</c> by the payer's cell, or <c>refunded</c>.</returns>
    public async Task<string> PayAsync(string payer, string payee, decimal amount, string id, string password)
    {
        var (from, to) = (book.Customer(payer), book.Customer(payee));
        var cell = book.Cell(from.Cell);
        var isLocal = from.Cell == to.Cell;
        var posted = await cell.PostAsync(
            "/transactions/transfer",
            new
            {
                from = from.Account,
                to = isLocal ? to.Account : cell.Transit,
                amount,
                reference = isLocal ? null : $"to {to.Cell}/{to.Account}",
            },
            id, (payer, password));

        return posted is not { } transaction ? "refused"
            : isLocal || await FinishAsync(cell, transaction) ? "paid"
            : "refunded";
    }

    /// <summary>Finishes every payment that is in transit in any cell.</summary>
    /// <returns>The number of payments that are too old to be finished.</returns>
    public async Task<int> FinishAllAsync()
    {
        var left = 0;

        foreach (var cell in book.Cells.Keys.Select(book.Cell))
        {
            await foreach (var transaction in InTransitAsync(cell))
            {
                var createdAt = transaction.GetProperty("created_at").GetDateTimeOffset();

                if (DateTimeOffset.UtcNow - createdAt < MaxAge)
                    await FinishAsync(cell, transaction);
                else
                    Console.WriteLine($"{cell.Name}: too old, look at it: {transaction}; {++left} so far");
            }
        }

        return left;
    }

    /// <summary>Whether the payment was paid; else it was refunded.</summary>
    async Task<bool> FinishAsync(Cell cell, JsonElement transaction)
    {
        var (id, amount) = (transaction.GetProperty("id").GetGuid(), transaction.GetProperty("amount"));
        var payer = transaction.GetProperty("from").GetInt64();
        var reference = transaction.TryGetProperty("reference", out var text) ? text.GetString()! : "";

        if (Destination.Match(reference) is { Success: true } to
            && book.Cells.ContainsKey(to.Groups["cell"].Value) && to.Groups["cell"].Value != cell.Name)
        {
            var other = book.Cell(to.Groups["cell"].Value);
            var paid = await other.PostAsync(
                "/transactions/transfer",
                new
                {
                    from = other.SettlementWith(cell.Name),
                    to = long.Parse(to.Groups["account"].Value, CultureInfo.InvariantCulture),
                    amount,
                    reference = $"from {cell.Name}/{payer}",
                },
                $"{cell.Name}/{id}/pay");

            if (paid is not null)
            {
                await SettleAsync(cell, other, id, amount);
                return true;
            }
        }

        _ = await cell.PostAsync($"/transactions/{id}/refund", new { }, $"{id}/refund")
            ?? throw new CellException($"{cell.Name}: {id} can neither be paid nor refunded.");
        return false;
    }

    static async Task SettleAsync(Cell cell, Cell other, Guid id, JsonElement amount) =>
        _ = await cell.PostAsync(
            "/transactions/transfer",
            new
            {
                from = cell.Transit,
                to = cell.SettlementWith(other.Name),
                amount,
                reference = $"settles {id}",
            },
            $"{id}/settle") ?? throw new CellException($"{cell.Name}: {id} is paid and cannot be settled.");

    /// <summary>
    /// The payments that are in transit. Their sum is the account's balance, so it reads the history from its
    /// end and stops as soon as it has found them all.
    /// </summary>
    static async IAsyncEnumerable<JsonElement> InTransitAsync(Cell cell)
    {
        var moment = (await cell.GetAsync($"/accounts/{cell.Transit}/balance")).Body;
        var missing = moment.GetProperty("balance").GetDecimal();
        var sequence = moment.GetProperty("sequence").GetInt64();
        var (settled, settledLater) = (new HashSet<Guid>(), new HashSet<Guid>());
        string? cursor = null;

        while (missing > 0)
        {
            var (page, next) = await cell.GetAsync(
                $"/transactions/account/{cell.Transit}?order=desc&limit=1000"
                + (cursor is null ? "" : $"&cursor={cursor}"));

            foreach (var transaction in page.EnumerateArray())
            {
                var isLater = transaction.GetProperty("sequence").GetInt64() > sequence;
                var id = transaction.GetProperty("id").GetGuid();

                if (Settles(transaction, cell.Transit) is { } other)
                    (isLater ? settledLater : settled).Add(other);
                else if (!isLater && !settled.Contains(id))
                {
                    missing -= transaction.GetProperty("amount").GetDecimal();

                    if (!settledLater.Contains(id))
                        yield return transaction;
                }
            }

            if (next is null)
                yield break;

            cursor = next;
        }
    }

    /// <summary>The payment that a transaction out of the transit account settles or refunds.</summary>
    static Guid? Settles(JsonElement transaction, long transit)
    {
        if (!transaction.TryGetProperty("from", out var from) || from.GetInt64() != transit)
            return null;

        return transaction.TryGetProperty("refund_of", out var refunded) ? refunded.GetGuid()
            : Guid.Parse(transaction.GetProperty("reference").GetString()!["settles ".Length..]);
    }

    [GeneratedRegex(@"^to (?<cell>[\w-]+)/(?<account>\d{1,18})$")]
    static partial Regex Destination { get; }
}
