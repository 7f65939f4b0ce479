namespace Bank.Infrastructure.Connections;

/// <summary>What becomes of a session whose setting has another value than the ledger needs.</summary>
enum SessionEffect
{
    /// <summary>The session sets the value itself.</summary>
    Set,

    /// <summary>The session sets the value in place of <c>off</c> only; the log says so.</summary>
    Raised,

    /// <summary>The session is not used: the API does not start, or is not ready.</summary>
    Refused,

    /// <summary>The session is used, but the API is not ready.</summary>
    NotReady,

    /// <summary>The log says so.</summary>
    Logged,
}
