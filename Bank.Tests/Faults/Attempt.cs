using System.Net;
using Bank.Tests.Harness;

namespace Bank.Tests.Faults;

/// <summary>A movement and all replies to it; only a movement with a key is sent again.</summary>
sealed record Attempt(Movement Movement, IReadOnlyList<Reply> Replies)
{
    public bool IsPosted => Replies.Any(reply => reply.IsPosted);

    /// <summary>The ids of transactions that were or may have been posted.</summary>
    public IEnumerable<Guid> Ids => Replies.Select(reply => reply.Id).OfType<Guid>().Distinct();

    /// <summary>Checks that faults explain every reply, and that all final replies are equal.</summary>
    public void ShouldBeConsistent()
    {
        foreach (var reply in Replies)
        {
            reply.Status.ShouldBeOneOf(
                HttpStatusCode.Created, HttpStatusCode.BadRequest, HttpStatusCode.TooManyRequests,
                HttpStatusCode.ServiceUnavailable);
            reply.Code.ShouldBeOneOf(
                null, "insufficient_funds", "refund_exceeds_rest", "outcome_unknown", "database_unavailable",
                "overloaded", "account_busy", "too_many_requests", "not_served_in_time", Reply.NoneCode);
            (reply.RetryAfter is not null).ShouldBe(reply.NeedsRetry);
        }

        Replies.Where(reply => !reply.NeedsRetry).Distinct().Count().ShouldBeLessThanOrEqualTo(1);
    }

    /// <summary>Checks that a transaction is this movement and equals the final replies.</summary>
    public void ShouldHavePosted(TransactionRow row)
    {
        (row.From, row.To, row.Amount).ShouldBe((Movement.From, Movement.To, Movement.Amount));

        foreach (var reply in Replies.Where(reply => !reply.NeedsRetry))
            (reply.Id, reply.Balance).ShouldBe((row.Id, row.FromBalance ?? row.ToBalance));
    }
}
