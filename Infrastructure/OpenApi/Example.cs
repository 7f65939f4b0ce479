using Bank.Infrastructure.Ledger;

namespace Bank.Infrastructure.OpenApi;

/// <summary>
/// What the examples have in common. They tell one story from the top of the document to its end: Ada
/// registers, opens two accounts, pays in, and so on, one thing a minute. In a new bank it happens like that.
/// </summary>
static class Example
{
    /// <summary>Who tells the story.</summary>
    public const string Username = "ada";

    public const string Password = "correct horse battery staple";

    static readonly DateTimeOffset Morning = new(2026, 1, 5, 9, 30, 0, TimeSpan.Zero);

    /// <summary>What has been posted on the first account in the story that the examples tell.</summary>
    public static readonly Transaction[] History =
    [
        new(1, TransactionAt(3), null, 1, 1000.00m, 1000.00m, At(3), "Salary"),
        new(2, TransactionAt(4), 1, null, 200.00m, 800.00m, At(4), "Cash"),
        new(3, BatchIds.At(TransactionAt(4.25), 0), 1, 2, 20.00m, 780.00m, At(4.25), "Groceries"),
        new(4, BatchIds.At(TransactionAt(4.25), 1), 2, 1, 20.00m, 800.00m, At(4.25)),
        new(5, TransactionAt(4.5), 1, 2, 20.00m, 780.00m, At(4.5), "Rent"),
        new(6, TransactionAt(5), 1, 2, 10.50m, 769.50m, At(5), "Lunch"),
    ];

    /// <summary>When something happens.</summary>
    /// <param name="minute">The minutes since the story began.</param>
    public static DateTimeOffset At(double minute) => Morning.AddMinutes(minute);

    /// <summary>The id of what was posted in a minute: a UUIDv7, which begins with its time (RFC 9562).</summary>
    public static Guid TransactionAt(double minute)
    {
        Span<byte> id = [0, 0, 0, 0, 0, 0, 0x7d, 0x3a, 0x9f, 0x60, 0x2b, 0x8c, 0x5d, 0x1e, 0x4f, 0x70];
        var milliseconds = At(minute).ToUnixTimeMilliseconds();

        for (var index = 5; index >= 0; index--, milliseconds >>= 8)
            id[index] = (byte)milliseconds;

        id[^1] += (byte)minute;
        return new Guid(id, bigEndian: true);
    }

    /// <summary>What a member or a parameter may look like where the slice gives no example of it.</summary>
    public static object? Of(string name, string? format) => (name, format) switch
    {
        ("username", _) => Username,
        ("password" or "current_password", _) => Password,
        ("balance" or "available", _) => 769.50m,
        ("to", _) => 2,
        (_, "decimal") => 10.50m,
        (_, "int64") => 1,
        (_, "guid" or "uuid") => TransactionAt(5).ToString(),
        (_, "date-time") => "2026-01-05T09:35:00+00:00",
        _ => null,
    };
}
