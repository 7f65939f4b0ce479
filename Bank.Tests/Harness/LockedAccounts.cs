using Npgsql;

namespace Bank.Tests.Harness;

/// <summary>Locks account rows, as another session, such as psql, may.</summary>
static class LockedAccounts
{
    public static Task<LockedRows> LockAsync(NpgsqlDataSource database, params long[] accounts) =>
        LockedRows.LockAsync(
            database, $"SELECT FROM accounts WHERE id IN ({string.Join(',', accounts)}) FOR UPDATE");
}
