namespace Bank.Infrastructure.Auth;

/// <summary>
/// Brings what clients send into Unicode normal form C, in which names and passwords are kept and compared.
/// </summary>
static class NormalForm
{
    /// <summary>
    /// The name in normal form; false for what no name can be: text that is not well-formed Unicode, or that
    /// PostgreSQL cannot hold because of a NUL.
    /// </summary>
    public static bool TryOfUsername(string text, out string username)
    {
        username = text.Contains('\0', StringComparison.Ordinal) ? "" : TryOf(text) ?? "";
        return username is not "";
    }

    /// <summary>The password in normal form, or as it is where it has none.</summary>
    public static string OfPassword(string password) => TryOf(password) ?? password;

    static string? TryOf(string text)
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
