using System.Security.Cryptography;
using System.Text;

namespace Bank.Infrastructure.Auth;

/// <summary>
/// Writes that a sign-in was refused, by address. A name may say who somebody is, and what is typed as a name
/// may be a password: in its place stands a word, the same for the same name until the process ends, which
/// nobody can turn back.
/// </summary>
sealed partial class SignInLog(ILogger<SignInLog> log)
{
    readonly byte[] key = RandomNumberGenerator.GetBytes(HMACSHA256.HashSizeInBytes);

    public void Refused(string username, string address)
    {
        if (!log.IsEnabled(LogLevel.Information))
            return;

        var word = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(username)).AsSpan(0, 4);
        var user = Convert.ToHexStringLower(word);
        LogRefused(address, user);
    }

    [LoggerMessage(
        EventId = 12, EventName = "SignInRefused", Level = LogLevel.Information,
        Message = "A sign-in was refused: from {Address}, as the user that this log calls {User}")]
    partial void LogRefused(string address, string user);
}
