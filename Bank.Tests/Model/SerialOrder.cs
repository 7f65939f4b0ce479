namespace Bank.Tests.Model;

/// <summary>Explains the results of concurrent operations by a serial order.</summary>
static class SerialOrder
{
    /// <summary>
    /// Finds an order in which the model gives every operation its observed result. Returns the state of the
    /// model after it, or null if there is no such order.
    /// </summary>
    public static BankState? Find(Operation[] operations, OperationResult[] results)
    {
        var tried = new HashSet<int>();
        return Continue(BankState.Start, 0);

        // The state depends on the set of applied operations, not on their order: try each set only once.
        BankState? Continue(BankState bank, int done)
        {
            if (done == (1 << operations.Length) - 1)
                return bank;

            return !tried.Add(done) ? null : Enumerable.Range(0, operations.Length)
                .Where(index => (done & 1 << index) == 0)
                .Select(index => (index, Done: bank.Apply(operations[index])))
                .Where(step => step.Done.Result == results[step.index])
                .Select(step => Continue(step.Done.Next, done | 1 << step.index))
                .FirstOrDefault(end => end is not null);
        }
    }
}
