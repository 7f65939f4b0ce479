namespace Bank.Features;

/// <summary>What the document of the API begins with.</summary>
static class Introduction
{
    /// <summary>What a newcomer is to read first, in Markdown.</summary>
    public const string Text =
        """
        A bank over HTTP: users, accounts, deposits, withdrawals, transfers, holds, refunds, batches and
        history, on PostgreSQL.

        **To begin**, register a user, sign in with *Authorize*, open an account, deposit and transfer.

        **Sign in** with HTTP Basic on every request but registration and health. There are no sessions.

        **Money** is a JSON number with exactly two decimals; a request may send a numeric string as well. An
        amount is more than 0 and at most 999999999999.99. Nothing is ever rounded: 0.005 is refused.

        **A reference** says what a movement is for. It has a visible character and no control characters;
        what breaks a line (U+2028, U+2029) or turns the direction of text (U+202A to U+202E, U+2066 to
        U+2069) counts as one.

        **Pages** lead on while there is more: `Link` has the next one's address, `Next-Cursor` its cursor alone.

        **Errors** are `application/problem+json` (RFC 9457) of one shape. Programs go by the `code`, people
        by the `detail`, and the `trace_id` of a 5xx finds the request in the log. With 422, `errors` says what is
        wrong with which field. What belongs to someone else answers 404, as if it did not exist. An operation
        lists its own codes; any request may be answered with those in the table. New ones may come.

        **Try again** without fear: what moves money, opens an account or registers a user is done once with
        an `Idempotency-Key`, however often it is sent, and each repeat gets the first answer. A key is kept
        for 30 days unless the operator says otherwise. `Retry-After` says when.

        **Times** are RFC 3339, in answers in UTC. A trailing slash never matters. Members that a request does
        not know are ignored, and answers may come to have more.
        """;

    /// <summary>The folders of the slices, in the order in which a newcomer needs them.</summary>
    public static readonly (string Name, string About)[] Features =
    [
        ("Users", "Who may sign in."),
        ("Accounts", "What holds the money."),
        ("Deposits", "Money that comes in."),
        ("Withdrawals", "Money that goes out."),
        ("Transfers", "Money that moves between accounts: one transfer, a batch (all or none) or a bulk (each on its own)."),
        ("History", "What was posted, and what an account held at any moment."),
        ("Statements", "An account's transactions in a period, as JSON, CSV or HTML."),
        ("LiveHistory", "Transactions as they are posted, as server-sent events."),
        ("Holds", "Money that is set aside until it is captured, released or expires."),
        ("Refunds", "Money that goes back to where it came from."),
        ("Health", "For whoever runs the API."),
    ];
}
