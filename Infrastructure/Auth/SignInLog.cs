using System.Security.Cryptography;
using System.Text;
using Bank.Infrastructure.Data;

namespace Bank.Infrastructure.Auth;

/// <summary>
/// Logs refused sign-ins by address, at most 20 a second, so that nobody fills the disk. A username may
/// identify a person, and a user may mistakenly type the password there. So the log shows a keyed hash of the
/// username: the same for the same username until the process ends, and not reversible.
/// </summary>
sealed partial class SignInLog(TimeProvider time, ILogger<SignInLog> log)
{
    readonly LogThrottle throttle = new(time, TimeSpan.FromSeconds(1), lines: 20);
    readonly byte[] key = RandomNumberGenerator.GetBytes(HMACSHA256.HashSizeInBytes);

    /// <param name="username">The username; null for credentials without one.</param>
    /// <param name="address">The client's address.</param>
    public void LogRefusal(string? username, string address)
    {
        if (!log.IsEnabled(LogLevel.Information) || !throttle.TryPass(out var others))
            return;

        var hash = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(username ?? "")).AsSpan(0, 4);
        var user = Convert.ToHexStringLower(hash);
        LogRefused(address, user, others);
    }

    [LoggerMessage(
        EventId = 12, EventName = "SignInRefused", Level = LogLevel.Information,
        Message = "Sign-in refused from {Address} for the username with the keyed hash {User}, "
            + "and {Others} since the last such line")]
    partial void LogRefused(string address, string user, int others);
}
