using Bank.Infrastructure.Data;
using Bank.Infrastructure.Http;

namespace Bank.Infrastructure.Auth;

/// <summary>
/// Lets operators read what belongs to any user, through the endpoints of the users: a request for a thing is
/// served as its owner's. The owner of a thing never changes, so it can be looked up before.
/// </summary>
sealed partial class OperatorReads(BankDbPool dbs, ILogger<OperatorReads> log)
{
    const string AccountSql = "SELECT user_id FROM accounts WHERE id = @id";

    /// <summary>The owner of the payer, or else of the payee.</summary>
    const string TransactionSql =
        """
        SELECT user_id
        FROM transactions
        JOIN accounts ON accounts.id = coalesce(from_account_id, to_account_id)
        WHERE transactions.id = @id
        """;

    const string HoldSql =
        """
        SELECT user_id
        FROM holds
        JOIN accounts ON accounts.id = from_account_id
        WHERE holds.id = @id
        """;

    const string UserSql = "SELECT id FROM users WHERE username = @id";

    /// <summary>The operator as the owner of what is read; as itself if there is no other owner.</summary>
    public async ValueTask<Caller> FindAsync(HttpContext http, Caller caller, CancellationToken ct)
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<OperatorReadMark>() is not { } mark
            || await FindOwnerAsync(http, mark.Thing, ct) is not { } owner || owner == caller.Id)
            return caller;

        LogRead(caller.Id, http.Request.Method, http.Request.Path, owner);
        return caller.ReadingAs(owner);
    }

    async Task<long?> FindOwnerAsync(HttpContext http, OwnedThing thing, CancellationToken ct)
    {
        var text = http.Request.RouteValues["id"] as string ?? "";

        return thing switch
        {
            OwnedThing.Account => WholeNumber.TryParse<long>(text, out var id)
                ? await FindAsync(AccountSql, new { id }, ct) : null,
            OwnedThing.Transaction => Guid.TryParse(text, out var id)
                ? await FindAsync(TransactionSql, new { id }, ct) : null,
            OwnedThing.Hold => Guid.TryParse(text, out var id)
                ? await FindAsync(HoldSql, new { id }, ct) : null,
            OwnedThing.User => http.Request.Query["username"] is [{ } name]
                && NormalForm.TryNormalizeUsername(name, out var id)
                ? await FindAsync(UserSql, new { id }, ct) ?? NoUser : null,
        };
    }

    /// <summary>No user has this id, so nothing is found.</summary>
    const long NoUser = 0;

    async Task<long?> FindAsync(string sql, object parameters, CancellationToken ct)
    {
        await using var db = dbs.Rent();
        return (await db.QueryAsync<long>(sql, parameters, ct)) is [var owner] ? owner : null;
    }

    [LoggerMessage(
        70, LogLevel.Information, "Operator {OperatorId} sent {Method} {Path}, of user {UserId}")]
    partial void LogRead(long operatorId, string method, PathString path, long userId);
}

/// <summary>Endpoint metadata: operators may read things of others here.</summary>
sealed record OperatorReadMark(OwnedThing Thing);
