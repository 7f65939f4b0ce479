namespace Bank.Infrastructure.Hosting;

/// <summary>
/// A parameter of a libpq address is unknown or has a wrong value. The message has both, but never a value
/// that may be a secret.
/// </summary>
sealed class LibpqParameterException(string name, string value)
    : FormatException(Secrets.Any(name.ToLowerInvariant().Contains) ? name : $"{name}={value}")
{
    static readonly string[] Secrets = ["pass", "pwd", "secret", "key", "token"];
}
