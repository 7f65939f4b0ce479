using System.Collections.Concurrent;
using Bank.Infrastructure.Data;

namespace Bank.Infrastructure.Auth;

/// <summary>
/// Finds out whether a username and a password belong together: from memory, or else with bcrypt, once for all
/// requests that bring the same ones at the same time.
/// </summary>
sealed class SignIn(CredentialMemory memory, PasswordHashing passwords, IServiceScopeFactory scopes)
{
    readonly ConcurrentDictionary<BasicCredentials, Lazy<Task<Caller?>>> running = new();

    /// <summary>The caller, or null when the user is unknown or the password wrong, indistinguishably.</summary>
    /// <exception cref="Http.ProblemException">Too many passwords wait already.</exception>
    public ValueTask<Caller?> CheckAsync(BasicCredentials credentials) =>
        memory.Recall(credentials) is { } caller ? new(caller) : new(VerifyOnceAsync(credentials));

    async Task<Caller?> VerifyOnceAsync(BasicCredentials credentials)
    {
        var check = running.GetOrAdd(credentials, key => new Lazy<Task<Caller?>>(() => VerifyAsync(key)));

        try
        {
            return await check.Value;
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
        var user = await users.FindAsync(credentials.Username);

        if (!await passwords.VerifyAsync(credentials.Password, user?.PasswordHash) || user is null)
            return null;

        var caller = new Caller(user.Id, user.Username);

        if (passwords.IsOutdated(user.PasswordHash))
            await users.ReplaceHashAsync(user, await passwords.HashAsync(credentials.Password));
        else
            memory.Remember(credentials, caller, user.PasswordHash, epoch);

        return caller;
    }
}
