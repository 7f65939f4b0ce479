namespace Bank.Infrastructure.Auth;

/// <summary>A password's turn at bcrypt. Disposal ends it.</summary>
/// <param name="isKnown">Whether it is a known user's.</param>
/// <param name="end">Ends it; whether the password was wrong.</param>
sealed class PasswordCheck(bool isKnown, Action<bool> end) : IDisposable
{
    public bool IsKnown { get; } = isKnown;

    public bool HasFailed { get; set; }

    public void Dispose() => end(HasFailed);
}
