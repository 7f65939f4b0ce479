using Bank.Infrastructure.Idempotency;
using LinqToDB.Data;

namespace Bank.Infrastructure.Ledger;

/// <summary>
/// The commands of one query, as the arrays that are its parameters. A command's ordinal is its position in
/// all of them, from 1.
/// </summary>
/// <param name="commands">The commands, in the order in which the query judges them.</param>
sealed class CommandGroup(IReadOnlyList<GroupedCommand> commands)
{
    /// <summary>
    /// The parameters of every query: <c>@ids</c> (of the transactions to post), <c>@callers</c>,
    /// <c>@from</c> and <c>@to</c>, empty where no command has one, <c>@accounts</c> (every account touched),
    /// <c>@amounts</c> in minor units, <c>@currencies</c> and <c>@references</c>, empty where no command has
    /// one, and <c>@keys</c>, <c>@fingerprints</c> and <c>@traceIds</c>, empty where no command has a key.
    /// </summary>
    public DataParameter[] Parameters =>
    [
        Column("ids", pending => pending.Id),
        Column("callers", pending => pending.Command.CallerId),
        Sides("from", command => command.From),
        Sides("to", command => command.To),
        new("accounts", Accounts()),
        Column("amounts", pending => pending.Command.Currency.ToMinorUnits(pending.Command.Amount)),
        Currencies(),
        References(),
        .. Keys,
    ];

    /// <summary>The last three of them: the idempotency keys.</summary>
    public DataParameter[] Keys =>
    [
        KeyColumn("keys", key => key.Key),
        KeyColumn("fingerprints", key => key.Fingerprint),
        KeyColumn("traceIds", key => key.TraceId),
    ];

    /// <summary>The only command, of a query that takes one at a time.</summary>
    public GroupedCommand Alone => commands.Single();

    /// <summary>The parameters of every query, and more.</summary>
    public DataParameter[] With(params DataParameter[] more) => [.. Parameters, .. more];

    /// <summary>An array parameter with a value of each command.</summary>
    public DataParameter Column<TValue>(string name, Func<GroupedCommand, TValue> value)
    {
        var column = new TValue[commands.Count];

        for (var index = 0; index < column.Length; index++)
            column[index] = value(commands[index]);

        return new DataParameter(name, column);
    }

    /// <summary>The currencies of the amounts, by number.</summary>
    DataParameter Currencies() =>
        commands.Any(pending => pending.Command.Currency.Number > 0)
            ? Column("currencies", pending => pending.Command.Currency.Number)
            : new DataParameter("currencies", Array.Empty<short>());

    /// <summary>The accounts on one side; 0 stands for the outside.</summary>
    DataParameter Sides(string name, Func<MoneyCommand, long?> side) =>
        commands.Any(pending => side(pending.Command) is not null)
            ? Column(name, pending => side(pending.Command) ?? 0)
            : new DataParameter(name, Array.Empty<long>());

    DataParameter References() =>
        commands.Any(pending => pending.Command.Reference is not null)
            ? Column("references", pending => pending.Command.Reference)
            : new DataParameter("references", Array.Empty<string>());

    DataParameter KeyColumn(string name, Func<IdempotencyKey, string> value) =>
        commands.Any(pending => pending.Key is not null)
            ? Column(name, pending => pending.Key is { } key ? value(key) : null)
            : new DataParameter(name, Array.Empty<string>());

    long[] Accounts()
    {
        var accounts = new List<long>(2 * commands.Count);

        foreach (var pending in commands)
        {
            if (pending.Command.From is { } from)
                accounts.Add(from);

            if (pending.Command.To is { } to)
                accounts.Add(to);
        }

        return [.. accounts];
    }
}
