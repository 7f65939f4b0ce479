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
    /// <summary>
    /// The verifications that run. One that began before a user changed is not joined by who comes after.
    /// </summary>
    readonly ConcurrentDictionary<(BasicCredentials, string Address, long Epoch), Lazy<Task<Caller?>>>
        running = new();

    /// <summary>
    /// The caller, or null when the user is unknown or the password wrong, indistinguishably.
    /// </summary>
    public ValueTask<Caller?> CheckAsync(BasicCredentials credentials, string address) =>
        memory.Recall(credentials) is { } caller ? new(caller) : new(VerifyOnceAsync(credentials, address));

    /// <summary>Replaces a user's password; false when the current one is another.</summary>
    public async Task<bool> ChangePasswordAsync(BasicCredentials current, string newPassword, string address)
    {
        await using var scope = scopes.CreateAsyncScope();
        var users = new CredentialQuery(scope.ServiceProvider.GetRequiredService<BankDb>());
        var user = await VerifyAsync(users, current, address);

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
        await using var scope = scopes.CreateAsyncScope();
        var users = new CredentialQuery(scope.ServiceProvider.GetRequiredService<BankDb>());

        if (await VerifyAsync(users, credentials, address) is not { } user)
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

    async Task<StoredUser?> VerifyAsync(CredentialQuery users, BasicCredentials credentials, string address)
    {
        using var attempt = limits.Begin(credentials.Username, address);
        var user = await users.FindAsync(credentials.Username);
        var isRight = await passwords.VerifyAsync(credentials.Password, user?.PasswordHash);
        limits.Note(credentials.Username, address, isRight);

        return isRight ? user : null;
    }
}
