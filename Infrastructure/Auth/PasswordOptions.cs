using System.ComponentModel.DataAnnotations;
using Bank.Infrastructure.Configuration;

namespace Bank.Infrastructure.Auth;

/// <summary>How passwords are kept and checked; the section <c>Passwords</c> of the configuration.</summary>
sealed class PasswordOptions
{
    /// <summary>
    /// The cost of bcrypt, as the power of two of its rounds; 12 takes 0.2 to 0.3 s of a core.
    /// </summary>
    [Range(4, 31)]
    public int WorkFactor { get; init; } = 12;

    /// <summary>The fewest characters that a new password may have.</summary>
    [Range(1, 1024)]
    public int MinimumLength { get; init; } = 8;

    /// <summary>
    /// How long a password that was verified is known without bcrypt; longer only while too many wait for
    /// it.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00", ErrorMessage = Settings.Duration)]
    public TimeSpan RememberFor { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How many users are remembered at once; about 500 bytes each.</summary>
    [Range(0, 10_000_000)]
    public int RememberUsers { get; init; } = 100_000;

    /// <summary>
    /// How many passwords of strangers may wait for bcrypt, which runs on half the cores, and as many again
    /// of customers who are known; past it a sign-in is refused at once, except of who is remembered.
    /// </summary>
    [Range(1, 10_000)]
    public int QueueCapacity { get; init; } = 64;
}
