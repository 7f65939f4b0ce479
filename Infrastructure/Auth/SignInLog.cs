using System.Security.Cryptography;
using System.Text;

namespace Bank.Infrastructure.Auth;

/// <summary>
/// Logs refused sign-ins by address. A username may identify a person, and a user may type a password in its
/// place. So the log shows a keyed hash of the username: the same for the same username until the process
/// ends, and not reversible.
/// </summary>
sealed partial class SignInLog(ILogger<SignInLog> log)
{
    readonly byte[] key = RandomNumberGenerator.GetBytes(HMACSHA256.HashSizeInBytes);

    public void LogRefusal(string username, string address)
    {
        if (!log.IsEnabled(LogLevel.Information))
            return;

        var hash = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(username)).AsSpan(0, 4);
        var user = Convert.ToHexStringLower(hash);
        LogRefused(address, user);
    }

    [LoggerMessage(
        EventId = 12, EventName = "SignInRefused", Level = LogLevel.Information,
        Message = "Sign-in refused from {Address} for the username with the keyed hash {User}")]
    partial void LogRefused(string address, string user);
}
