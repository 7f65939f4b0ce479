namespace Bank.Infrastructure.Auth;

/// <summary>
/// Converts usernames and passwords to Unicode normal form C, in which they are stored and compared.
/// </summary>
static class NormalForm
{
    /// <summary>
    /// The username in normal form; false when it cannot be a username: it is not well-formed Unicode, or it
    /// contains a NUL, which PostgreSQL cannot store.
    /// </summary>
    public static bool TryNormalizeUsername(string text, out string username)
    {
        username = text.Contains('\0', StringComparison.Ordinal) ? "" : TryNormalize(text) ?? "";
        return username is not "";
    }

    /// <summary>The password in normal form, or unchanged when it has none.</summary>
    public static string NormalizePassword(string password) => TryNormalize(password) ?? password;

    static string? TryNormalize(string text)
    {
        try
        {
            return text.Normalize();
        }
        catch (ArgumentException)
        {
            // Lone surrogates and noncharacters have no normal form.
            return null;
        }
    }
}
