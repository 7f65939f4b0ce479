namespace Bank.Infrastructure.Data;

/// <summary>
/// Reads for many at once: what is asked while statements are on their way goes out together in the next one,
/// and shares its round trip. Nobody waits for a timer, and a lone question goes at once. None is answered by a
/// statement that began before it was asked. What a statement throws, all who share it get.
/// </summary>
/// <param name="read">Reads the answers to questions, in their order.</param>
/// <param name="largestBatch">How many questions a statement has at most.</param>
sealed class ReadBatcher<TQuestion, TAnswer>(Func<TQuestion[], Task<TAnswer[]>> read, int largestBatch = 100)
{
    const int StatementsInFlight = 2;

    readonly Lock gate = new();
    readonly Queue<Asked> waiting = new();
    int reading;

    /// <summary>The answer to a question, unless it is given up before.</summary>
    public Task<TAnswer> AskAsync(TQuestion question, CancellationToken ct)
    {
        var asked = new Asked(question);

        lock (gate)
        {
            waiting.Enqueue(asked);

            if (reading == StatementsInFlight)
                return asked.Answer.Task.WaitAsync(ct);

            reading++;
        }

        // What is read for all is not of the request that came first.
        using (ExecutionContext.SuppressFlow())
            _ = ReadAsync();

        return asked.Answer.Task.WaitAsync(ct);
    }

    async Task ReadAsync()
    {
        while (Take() is { } batch)
        {
            try
            {
                var answers = await read(Array.ConvertAll(batch, asked => asked.Question));

                for (var index = 0; index < batch.Length; index++)
                    batch[index].Answer.SetResult(answers[index]);
            }
            catch (Exception fault)
            {
                Array.ForEach(batch, asked => asked.Answer.TrySetException(fault));
            }
        }
    }

    /// <summary>What is read next; null when nothing waits, after which there is one reader less.</summary>
    Asked[]? Take()
    {
        lock (gate)
        {
            var batch = new Asked[Math.Min(waiting.Count, largestBatch)];

            for (var index = 0; index < batch.Length; index++)
                batch[index] = waiting.Dequeue();

            if (batch.Length > 0)
                return batch;

            reading--;
            return null;
        }
    }

    sealed class Asked(TQuestion question)
    {
        public TQuestion Question { get; } = question;

        // Callers go on elsewhere: the next statement must not wait until they have written their answers.
        public TaskCompletionSource<TAnswer> Answer { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
