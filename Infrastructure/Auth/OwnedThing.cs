namespace Bank.Infrastructure.Auth;

/// <summary>What a request reads.</summary>
enum OwnedThing
{
    /// <summary>The account with the <c>id</c> of the path.</summary>
    Account,

    /// <summary>The transaction with the <c>id</c> of the path.</summary>
    Transaction,

    /// <summary>The hold with the <c>id</c> of the path.</summary>
    Hold,

    /// <summary>What belongs to the <c>username</c> of the query.</summary>
    User,
}
