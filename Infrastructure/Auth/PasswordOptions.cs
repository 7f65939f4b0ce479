namespace Bank.Infrastructure.Auth;

/// <summary>How passwords are kept; the section <c>Passwords</c> of the configuration.</summary>
sealed class PasswordOptions
{
    /// <summary>The cost of bcrypt, as the power of two of its rounds; 12 takes about 0.2 s of a core.</summary>
    public int WorkFactor { get; init; } = 12;

    /// <summary>The fewest characters that a new password may have.</summary>
    public int MinimumLength { get; init; } = 8;
}
