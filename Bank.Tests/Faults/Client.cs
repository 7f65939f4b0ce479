using Bank.Tests.Harness;

namespace Bank.Tests.Faults;

/// <summary>Someone who moves money at random, again and again.</summary>
/// <param name="logins">The same customer at each of the APIs that serve the bank.</param>
/// <param name="own">The accounts that may pay and be deposited to.</param>
/// <param name="all">The accounts that may receive.</param>
/// <param name="received">What may be sent back.</param>
/// <param name="random">What decides.</param>
/// <param name="hasKeys">Whether every movement has a key, or one of three.</param>
sealed class Client(
    Customer[] logins, long[] own, long[] all, Received received, Random random, bool hasKeys = false)
{
    static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// Makes one movement. One with a key is asked of an API until it is settled, and now and then of every API
    /// at once.
    /// </summary>
    public async Task<Attempt> MoveAsync()
    {
        var movement = Choose();
        var replies = movement.Key is null
            ? [[await SendOnceAsync(movement)]]
            : await Task.WhenAll(Asked().Select(login => SettleAsync(movement, login)));
        var attempt = new Attempt(movement, [.. replies.SelectMany(reply => reply)]);

        if (movement is { From: not null, To: not null, Original: null } && attempt.IsPosted)
            received.Add(movement, attempt.Ids.Single());

        return attempt;
    }

    Customer[] Asked() => !hasKeys || random.Next(8) == 0 ? logins : [logins[random.Next(logins.Length)]];

    /// <summary>Whoever is not served waits a little, so that a bank that is away is not asked in a circle.</summary>
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

    /// <summary>So much that it can mostly be sent back twice and seldom three times.</summary>
    decimal Part(decimal amount) => Math.Max(0.01m, decimal.Round(amount * random.Next(20, 60) / 100, 2));
}
