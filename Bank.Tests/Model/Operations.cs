using FsCheck;
using FsCheck.Fluent;

namespace Bank.Tests.Model;

/// <summary>Generates operations that often contend for the same accounts.</summary>
static class Operations
{
    const int Unknown = 4;
    const int OftenRefunded = 1;

    static readonly BankState Start = BankState.Start;

    public static Arbitrary<Operation[]> UpTo(int count)
    {
        var some =
            from length in Gen.Choose(1, count)
            from contested in Gen.Elements(0, 0, 0, 1, 2, 3)
            from operations in Gen.ArrayOf(One(contested), length)
            from backs in Gen.ArrayOf(HowFarBack, length)
            select Repeat(operations, backs);

        return Arb.From(some, Shrink);
    }

    static Gen<Operation> One(int contested) =>
        from account in Gen.Frequency((1, Gen.Constant(contested)), (1, Gen.Choose(0, Unknown)))
        from other in Gen.Choose(1, Unknown)
        from isOwn in Gen.Frequency((6, Gen.Constant(true)), (1, Gen.Constant(false)))
        from amount in Gen.Elements(0m, 1m, 2m, 2m, 3m, 3m, 4m, 5m)
        from direction in Gen.Frequency((1, Gen.Constant(0)), (3, Gen.Constant(1)), (2, Gen.Constant(2)))
        from isHold in Gen.Frequency((1, Gen.Constant(true)), (3, Gen.Constant(false)))
        from hold in Gen.Choose(0, 12)
        from original in Gen.Frequency(
            (8, Gen.Constant(Start.Originals.Length)), (2, Gen.Choose(0, Start.Originals.Length - 1)),
            (3, Gen.Constant(OftenRefunded)))
        from size in Gen.Frequency((3, Gen.Constant(0)), (1, Gen.Choose(2, 3)))
        from key in Gen.Frequency((2, Gen.Constant((int?)null)), (1, Gen.Elements<int?>(0, 1)))
        let caller = By(account, isOwn)
        let target = (account + other) % (Unknown + 1)
        from transfers in Gen.ArrayOf(TransferBy(caller), size)
        select (amount, direction) switch
        {
            _ when size > 0 => Chain(transfers) with { Key = key },
            _ when hold < Start.Holds.Length => new Operation(
                By(Start.Holds[hold].To, isOwn), null, null, Math.Min(amount, 3m), key, Hold: hold),
            _ when original < Start.Originals.Length => new Operation(
                By(Start.Originals[original].To, isOwn), null, null, Math.Min(amount, 2m), key,
                Original: original),
            (0, _) => new Operation(caller, account, null, 0, null),
            (_, 0) => new Operation(caller, null, account, amount, key),
            (_, 1) => new Operation(caller, account, null, amount, key),
            _ => new Operation(caller, account, target, amount, key, isHold),
        };

    /// <summary>The owner of an account, or the other caller.</summary>
    static int By(int account, bool isOwn) => isOwn ? account % 2 : 1 - account % 2;

    /// <summary>A transfer of a batch, mostly from one of the caller's accounts.</summary>
    static Gen<Operation> TransferBy(int caller) =>
        from isOwn in Gen.Frequency((9, Gen.Constant(true)), (1, Gen.Constant(false)))
        from own in Gen.Choose(0, 1)
        from elses in Gen.Choose(0, Unknown)
        from other in Gen.Choose(1, Unknown)
        from amount in Gen.Elements(1m, 2m, 3m, 4m, 5m)
        let source = isOwn ? caller + 2 * own : elses
        select new Operation(caller, source, (source + other) % (Unknown + 1), amount, null);

    static Operation Chain(IEnumerable<Operation> transfers) =>
        transfers.Reverse().Aggregate((later, transfer) => transfer with { Next = later });

    /// <summary>How many places before it the operation stands that it replays; 0 for a new one.</summary>
    static Gen<int> HowFarBack => Gen.Frequency((4, Gen.Constant(0)), (1, Gen.Choose(1, 4)));

    static Operation[] Repeat(Operation[] operations, int[] backs)
    {
        for (var index = 0; index < operations.Length; index++)
            operations[index] = operations[Math.Max(0, index - backs[index])];

        return operations;
    }

    static IEnumerable<Operation[]> Shrink(Operation[] operations)
    {
        for (var index = 0; index < operations.Length; index++)
            yield return [.. operations[..index], .. operations[(index + 1)..]];

        for (var index = 0; index < operations.Length; index++)
        {
            foreach (var simpler in Shrink(operations[index]))
                yield return [.. operations[..index], simpler, .. operations[(index + 1)..]];
        }
    }

    static IEnumerable<Operation> Shrink(Operation operation)
    {
        if (operation.Next is not null)
        {
            yield return operation with { Next = null };
            yield return operation.Next with { Key = operation.Key };

            foreach (var simpler in Shrink(operation.Next))
                yield return operation with { Next = simpler };
        }

        if (operation.Key is not null)
            yield return operation with { Key = null };

        if (operation.Amount > 1)
            yield return operation with { Amount = 1 };
    }
}
