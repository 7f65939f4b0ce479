using System.ComponentModel.DataAnnotations;
using Bank.Infrastructure.Configuration;

namespace Bank.Infrastructure.Auth;

/// <summary>
/// How passwords are stored, checked and cached; the section <c>Passwords</c> of the configuration.
/// </summary>
[Section("Passwords")]
sealed class PasswordOptions
{
    /// <summary>
    /// The cost of bcrypt, as the power of two of its rounds; 12 takes 0.2 to 0.3 s of a core.
    /// </summary>
    [Range(4, 31)]
    public int WorkFactor { get; init; } = 12;

    /// <summary>The minimum length of a new password, in characters.</summary>
    [Range(1, 1024)]
    public int MinimumLength { get; init; } = 8;

    /// <summary>
    /// How long a verified password is cached. An entry outlives it only while bcrypt's queue is full.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan RememberFor { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The maximum number of cached users; about 500 bytes each.</summary>
    [Range(0, 10_000_000)]
    public int RememberUsers { get; init; } = 100_000;

    /// <summary>
    /// How many passwords of strangers may wait for bcrypt, which runs on half the cores, and as many again
    /// of known users. Beyond it sign-ins are refused at once, except for cached users.
    /// </summary>
    [Range(1, 10_000)]
    public int QueueCapacity { get; init; } = 64;
}
