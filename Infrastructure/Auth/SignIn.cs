using System.Collections.Concurrent;
using Bank.Infrastructure.Data;
using Bank.Infrastructure.Problems;
using Npgsql;

namespace Bank.Infrastructure.Auth;

/// <summary>
/// Finds out whether a username and a password belong together: from memory, or else with bcrypt, once for
/// all requests that bring the same ones at the same time.
/// </summary>
/// <exception cref="ProblemException">
/// Of every method: too many sign-ins failed lately, or too many passwords wait to be verified.
/// </exception>
sealed class SignIn(
    CredentialMemory memory, PasswordHashing passwords, SignInLimits limits, IServiceScopeFactory scopes)
{
    /// <summary>
    /// The verifications that run. One that began before a user changed is not joined by who comes after.
    /// </summary>
    readonly ConcurrentDictionary<(BasicCredentials, string Address, long Epoch), Lazy<Task<Caller?>>>
        running = new();

    /// <summary>
    /// The caller, or null when the user is unknown or the password wrong, indistinguishably.
    /// </summary>
    public ValueTask<Caller?> CheckAsync(BasicCredentials credentials, string address)
    {
        // Before memory is asked, which would tell the right guess among any number of wrong ones.
        var isTrusted = limits.IsTrusted(credentials.Username, address);

        if (memory.Recall(credentials) is not { } caller)
            return new(VerifyOnceAsync(credentials, address));

        if (!isTrusted)
            limits.Trust(credentials.Username, address);

        if (memory.IsToBeRenewed(credentials.Username))
            _ = RenewAsync(credentials, address);

        return new(caller);
    }

    /// <summary>Replaces a user's password; false when the current one is another.</summary>
    public async Task<bool> ChangePasswordAsync(BasicCredentials current, string newPassword, string address)
    {
        if (await VerifyPasswordAsync(current, address) is not { } user
            || !await ReplaceHashAsync(user, await passwords.HashAsync(newPassword)))
            return false;

        Forget(user.Username);
        return true;
    }

    /// <summary>
    /// Forgets a user whose row this instance has just changed, sooner than the database announces it.
    /// </summary>
    public void Forget(string username) => memory.Forget(username);

    /// <summary>Verifies a remembered password again, while nobody waits for it.</summary>
    async Task RenewAsync(BasicCredentials credentials, string address)
    {
        try
        {
            await VerifyOnceAsync(credentials, address);
        }
        catch (Exception fault) when (fault is ProblemException or NpgsqlException)
        {
            // Whoever comes after the memory has ended is told.
        }
    }

    async Task<Caller?> VerifyOnceAsync(BasicCredentials credentials, string address)
    {
        var key = (credentials, address, memory.Epoch);
        var check = running.GetOrAdd(
            key, _ => new Lazy<Task<Caller?>>(() => VerifyAsync(credentials, address)));

        try
        {
            return await check.Value;
        }
        finally
        {
            running.TryRemove(KeyValuePair.Create(key, check));
        }
    }

    async Task<Caller?> VerifyAsync(BasicCredentials credentials, string address)
    {
        var epoch = memory.Epoch;

        if (await VerifyPasswordAsync(credentials, address) is not { } user)
            return null;

        var caller = new Caller(user.Id, user.Username);

        // A cheaper hash from before is replaced; the change of the user then makes every instance forget
        // anyway.
        if (passwords.IsOutdated(user.PasswordHash))
            await ReplaceHashAsync(user, await passwords.HashAsync(credentials.Password));
        else
            memory.Remember(credentials, caller, user.PasswordHash, epoch);

        return caller;
    }

    async Task<StoredUser?> VerifyPasswordAsync(BasicCredentials credentials, string address)
    {
        using var attempt = limits.Begin(credentials.Username, address);
        var user = await WithUsersAsync(users => users.FindAsync(credentials.Username));
        var isRight = await passwords.VerifyAsync(credentials.Password, user?.PasswordHash);
        limits.Note(credentials.Username, address, isRight);

        return isRight ? user : null;
    }

    Task<bool> ReplaceHashAsync(StoredUser user, string newHash) =>
        WithUsersAsync(users => users.ReplaceHashAsync(user, newHash));

    /// <summary>
    /// Holds a connection for one statement only: those who wait for bcrypt would soon hold all there are.
    /// </summary>
    async Task<TResult> WithUsersAsync<TResult>(Func<CredentialQuery, Task<TResult>> ask)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await ask(new CredentialQuery(scope.ServiceProvider.GetRequiredService<BankDb>()));
    }
}
