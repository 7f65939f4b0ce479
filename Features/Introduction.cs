namespace Bank.Features;

/// <summary>The introduction of the API's document.</summary>
static class Introduction
{
    /// <summary>The first text that a newcomer reads, in Markdown.</summary>
    public const string Text =
        """
        A bank over HTTP, on PostgreSQL: users, accounts, deposits, withdrawals, transfers, batches, holds,
        refunds and history.

        **To start**, register a user, sign in with *Authorize*, open an account, deposit money and transfer
        it.

        **Authentication** is HTTP Basic, on every request except registration and health checks. There are no
        sessions. Programs use a key in place of the password, or send it as `Authorization: Bearer`.

        **Money** is a JSON number; a request may also send a numeric string. Without a currency it has two
        decimals and an amount is at most 999999999999.99. Nothing is ever rounded: 0.005 is refused.
        `Accept: application/json; amounts=string` gets amounts as strings, for readers that keep 15 digits.

        **Currencies** are codes of ISO 4217. An account that is opened with one has amounts with exactly its
        decimals and at most 15 digits, and requests that send an amount name the `currency`. Amounts never
        move from one currency to another. These examples are in EUR; without a currency leave it out.

        **A reference** says what a transaction is for, a **name** what an account is for. Each has at least
        one visible character and no control characters. Line and paragraph separators (U+2028, U+2029) and
        characters that change the direction of text (U+202A to U+202E, U+2066 to U+2069) count as control
        characters.

        **Pages**: while there is a next page, `Link` has its address and `Next-Cursor` has its cursor.

        **Errors** are `application/problem+json` (RFC 9457) and all have the same shape. The `code` is for
        programs, the `detail` for people. The `trace_id` of a 5xx finds the request in the log. With 422,
        `errors` says which fields are wrong and why. What belongs to another user returns 404, as if it did
        not exist. Each operation lists its own codes; any request may also return the codes in the table. New
        codes may be added.

        **Retries** are safe with an `Idempotency-Key`. A request that moves money, opens an account or
        registers a user then takes effect once, however often it is sent, and every repeat gets the first
        response. A key is kept for 30 days unless the operator configures another time. `Retry-After` says
        when to try again.

        **Webhooks** send the transactions of an account to an address, in order and signed. A bank whose
        operator has not enabled them answers 404 `webhooks_not_enabled`.

        **Times** are RFC 3339, in responses in UTC. A trailing slash never matters. Unknown members of a
        request are ignored, and responses may get new members.
        """;

    /// <summary>The folders of the slices, in the order in which a newcomer needs them.</summary>
    public static readonly (string Name, string About)[] Features =
    [
        ("Users", "Registration, the current user and other users."),
        ("Keys", "Keys that programs use in place of the password."),
        ("Accounts", "The accounts of the current user."),
        ("Deposits", "Money paid into an account."),
        ("Withdrawals", "Money paid out of an account."),
        (
            "Transfers",
            "Money moved between accounts: one transfer, a batch (all or none) or a bulk (each on its own)."
        ),
        ("History", "Transactions, and the balance of an account at any moment."),
        ("Statements", "The transactions of an account in a period, as JSON, CSV, HTML, camt.053 or OFX."),
        ("LiveHistory", "Transactions as they are posted, as server-sent events."),
        ("Webhooks", "Transactions as they are posted, sent to an address of the user."),
        ("Holds", "Money set aside until it is captured, released or expires."),
        ("Refunds", "Money returned to the account that it came from."),
        (
            "Operators",
            "For those who run the bank: users, and what operators did. Others get 403 operators_only."
        ),
        ("Health", "Liveness and readiness, for the operator."),
    ];
}
