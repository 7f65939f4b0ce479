namespace Bank.Tests.Model;

/// <summary>Explains what was answered to operations that were asked at once.</summary>
static class SerialOrder
{
    /// <summary>
    /// Finds an order in which the model gives each operation the answer that it got, and answers how the
    /// model then stands; null when there is none.
    /// </summary>
    public static BankState? Find(Operation[] operations, OperationResult[] results)
    {
        var tried = new HashSet<int>();
        return Continue(BankState.Start, 0);

        // What is done says how the bank stands, in whatever order it was: so each set is tried but once.
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
