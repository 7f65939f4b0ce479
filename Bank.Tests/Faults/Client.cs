using Bank.Tests.Harness;

namespace Bank.Tests.Faults;

/// <summary>A client that makes random movements in a loop.</summary>
/// <param name="logins">The same customer at each API of the bank.</param>
/// <param name="own">The accounts of the customer.</param>
/// <param name="all">All accounts; any of them may be a payee.</param>
/// <param name="received">The transfers that can be refunded.</param>
/// <param name="random">The source of every choice.</param>
/// <param name="hasKeys">Whether every movement has a key; otherwise every third has.</param>
sealed class Client(
    Customer[] logins, long[] own, long[] all, Received received, Random random, bool hasKeys = false)
{
    static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// Makes one movement. A movement with a key is sent until its outcome is known, sometimes to every API
    /// at once.
    /// </summary>
    public async Task<Attempt> MoveAsync()
    {
        var movement = Choose();
        var replies = movement.Key is null
            ? [[await SendOnceAsync(movement)]]
            : await Task.WhenAll(Asked().Select(login => SettleAsync(movement, login)));
        var attempt = new Attempt(movement, [.. replies.SelectMany(reply => reply)]);

        // Another instance may have answered that it does not know the outcome of an id of its own.
        if (movement is { From: not null, To: not null, Original: null }
            && attempt.Replies.FirstOrDefault(reply => reply.IsPosted) is { } posted)
            received.Add(movement, posted.Id!.Value);

        return attempt;
    }

    Customer[] Asked() => !hasKeys || random.Next(8) == 0 ? logins : [logins[random.Next(logins.Length)]];

    /// <summary>Pauses after a 503 or a 429, so that the loop does not spin.</summary>
    async Task<Reply> SendOnceAsync(Movement movement)
    {
        var reply = await movement.SendAsync(logins[random.Next(logins.Length)]);

        if (reply.NeedsRetry)
            await Task.Delay(RetryInterval);

        return reply;
    }

    async Task<List<Reply>> SettleAsync(Movement movement, Customer login)
    {
        List<Reply> replies = [await SendAsync(movement, login)];

        while (replies[^1].NeedsRetry)
        {
            await Task.Delay(RetryInterval);
            replies.Add(await SendAsync(movement, login));
        }

        return replies;
    }

    async Task<Reply> SendAsync(Movement movement, Customer login)
    {
        try
        {
            return await movement.SendAsync(login);
        }
        catch (HttpRequestException) when (hasKeys)
        {
            return Reply.None;
        }
    }

    Movement Choose()
    {
        var from = own[random.Next(own.Length)];
        var to = all.Where(account => account != from).ElementAt(random.Next(all.Length - 1));
        var amount = random.Next(1, 20_000) / 100m;
        var key = hasKeys || random.Next(3) == 0 ? $"{random.NextInt64():x}" : null;

        return random.Next(10) switch
        {
            0 => new Movement(null, from, amount, key),
            1 => new Movement(from, null, amount, key),
            2 when received.Next(from) is var (id, transfer) =>
                new Movement(from, transfer.From, Part(transfer.Amount), key, id),
            _ => new Movement(from, to, amount, key),
        };
    }

    /// <summary>A part that can mostly be refunded twice and rarely three times.</summary>
    decimal Part(decimal amount) => Math.Max(0.01m, decimal.Round(amount * random.Next(20, 60) / 100, 2));
}
