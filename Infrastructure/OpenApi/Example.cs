using Bank.Infrastructure.Ledger;

namespace Bank.Infrastructure.OpenApi;

/// <summary>
/// The values that the examples share. The examples tell one story from the top of the document to its end:
/// Ada registers, opens two accounts, deposits money, and so on, one step per minute. A test replays it on a
/// new bank.
/// </summary>
static class Example
{
    public const string Username = "ada";

    public const string Currency = "EUR";

    public const string Password = "correct horse battery staple";

    public const string AccountName = "Household";

    /// <summary>A text in the form of a key; its checksum is wrong, so it is none.</summary>
    public const string Key = "bank_0000000000000000000000000000000000000000000000000";

    static readonly DateTimeOffset Morning = new(2026, 1, 5, 9, 30, 0, TimeSpan.Zero);

    public static Transaction Deposit { get; } = new(
        null, TransactionAt(3), null, 1, 1000.00m, Currency, 1000.00m, At(3), "Salary");

    public static Transaction Withdrawal { get; } = new(
        null, TransactionAt(4), 1, null, 200.00m, Currency, 800.00m, At(4), "Cash");

    public static Transaction Transfer { get; } = new(
        null, TransactionAt(5), 1, 2, 10.50m, Currency, 789.50m, At(5), "Lunch");

    public static Transaction[] Batch { get; } =
    [
        new(null, BatchIds.At(TransactionAt(5.25), 0), 1, 2, 20.00m, Currency, 769.50m, At(5.25),
            "Groceries"),
        new(null, BatchIds.At(TransactionAt(5.25), 1), 2, 1, 20.00m, Currency, 10.50m, At(5.25)),
    ];

    public static Transaction BulkTransfer { get; } = new(
        null, TransactionAt(5.5), 1, 2, 20.00m, Currency, 769.50m, At(5.5), "Rent");

    public static Transaction Capture { get; } = new(
        null, TransactionAt(8), 1, 2, 40.00m, Currency, 70.50m, At(8), "One night", Hold: TransactionAt(6));

    public static Transaction Refund { get; } = new(
        null, TransactionAt(9), 2, 1, 4.50m, Currency, 66.00m, At(9), "No dessert",
        RefundOf: TransactionAt(5));

    /// <summary>The history of the first account after the transfers.</summary>
    public static Transaction[] History { get; } =
    [
        Deposit with { Sequence = 1 }, Withdrawal with { Sequence = 2 }, Transfer with { Sequence = 3 },
        Batch[0] with { Sequence = 4 }, Batch[1] with { Sequence = 5, Balance = 789.50m },
        BulkTransfer with { Sequence = 6 },
    ];

    /// <summary>The time of a step.</summary>
    /// <param name="minute">The minutes since the beginning.</param>
    public static DateTimeOffset At(double minute) => Morning.AddMinutes(minute);

    /// <summary>
    /// The id of the transaction of a minute: a UUIDv7, which begins with its time (RFC 9562).
    /// </summary>
    public static Guid TransactionAt(double minute)
    {
        Span<byte> id = [0, 0, 0, 0, 0, 0, 0x7d, 0x3a, 0x9f, 0x60, 0x2b, 0x8c, 0x5d, 0x1e, 0x4f, 0x70];
        var milliseconds = At(minute).ToUnixTimeMilliseconds();

        for (var index = 5; index >= 0; index--, milliseconds >>= 8)
            id[index] = (byte)milliseconds;

        id[^1] += (byte)minute;
        return new Guid(id, bigEndian: true);
    }

    /// <summary>The example of a member or parameter for which the endpoint gives none.</summary>
    public static object? Of(string name, string? format) => (name, format) switch
    {
        ("username", _) => Username,
        ("password" or "current_password", _) => Password,
        ("balance" or "available", _) => 769.50m,
        ("currency", _) => Currency,
        ("to", _) => 2,
        (_, "decimal") => 10.50m,
        (_, "int64") => 1,
        (_, "guid" or "uuid") => TransactionAt(5).ToString(),
        (_, "date-time") => "2026-01-05T09:35:00+00:00",
        _ => null,
    };
}
