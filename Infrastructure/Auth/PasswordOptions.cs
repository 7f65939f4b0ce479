namespace Bank.Infrastructure.Auth;

/// <summary>How passwords are kept and checked; the section <c>Passwords</c> of the configuration.</summary>
sealed class PasswordOptions
{
    /// <summary>
    /// The cost of bcrypt, as the power of two of its rounds; 12 takes 0.2 to 0.3 s of a core.
    /// </summary>
    public int WorkFactor { get; init; } = 12;

    /// <summary>The fewest characters that a new password may have.</summary>
    public int MinimumLength { get; init; } = 8;

    /// <summary>How long a password that was verified is known without bcrypt.</summary>
    public TimeSpan RememberFor { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How many users are remembered at once; about 500 bytes each.</summary>
    public int RememberUsers { get; init; } = 100_000;

    /// <summary>How many passwords may wait for a core; past it a sign-in is refused at once.</summary>
    public int QueueCapacity { get; init; } = 64;
}
