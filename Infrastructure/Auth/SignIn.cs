using System.Collections.Concurrent;
using Bank.Infrastructure.Data;
using Bank.Infrastructure.Http;

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
    readonly ConcurrentDictionary<BasicCredentials, Lazy<Task<Caller?>>> running = new();

    /// <summary>
    /// The caller, or null when the user is unknown or the password wrong, indistinguishably.
    /// </summary>
    public ValueTask<Caller?> CheckAsync(BasicCredentials credentials, string address) =>
        memory.Recall(credentials) is { } caller ? new(caller) : new(VerifyOnceAsync(credentials, address));

    /// <summary>Replaces a user's password; false when the current one is another.</summary>
    public async Task<bool> ChangePasswordAsync(BasicCredentials current, string newPassword, string address)
    {
        limits.ThrowIfReached(current.Username, address);

        await using var scope = scopes.CreateAsyncScope();
        var users = new CredentialQuery(scope.ServiceProvider.GetRequiredService<BankDb>());
        var user = await VerifyAsync(users, current);
        limits.Note(current.Username, address, user is not null);

        if (user is null || !await users.ReplaceHashAsync(user, await passwords.HashAsync(newPassword)))
            return false;

        Forget(user.Username);
        return true;
    }

    /// <summary>
    /// Forgets a user whose row this instance has just changed, sooner than the database announces it.
    /// </summary>
    public void Forget(string username) => memory.Forget(username);

    async Task<Caller?> VerifyOnceAsync(BasicCredentials credentials, string address)
    {
        limits.ThrowIfReached(credentials.Username, address);
        var check = running.GetOrAdd(credentials, key => new Lazy<Task<Caller?>>(() => VerifyAsync(key)));

        try
        {
            var caller = await check.Value;
            limits.Note(credentials.Username, address, caller is not null);
            return caller;
        }
        finally
        {
            running.TryRemove(KeyValuePair.Create(credentials, check));
        }
    }

    async Task<Caller?> VerifyAsync(BasicCredentials credentials)
    {
        var epoch = memory.Epoch;
        await using var scope = scopes.CreateAsyncScope();
        var users = new CredentialQuery(scope.ServiceProvider.GetRequiredService<BankDb>());

        if (await VerifyAsync(users, credentials) is not { } user)
            return null;

        var caller = new Caller(user.Id, user.Username);

        // A cheaper hash from before is replaced; the change of the user then makes every instance forget
        // anyway.
        if (passwords.IsOutdated(user.PasswordHash))
            await users.ReplaceHashAsync(user, await passwords.HashAsync(credentials.Password));
        else
            memory.Remember(credentials, caller, user.PasswordHash, epoch);

        return caller;
    }

    async Task<StoredUser?> VerifyAsync(CredentialQuery users, BasicCredentials credentials)
    {
        var user = await users.FindAsync(credentials.Username);
        return await passwords.VerifyAsync(credentials.Password, user?.PasswordHash) ? user : null;
    }
}
