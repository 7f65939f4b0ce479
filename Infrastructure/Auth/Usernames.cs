namespace Bank.Infrastructure.Auth;

/// <summary>Brings the names that clients send into the one form that names are kept in.</summary>
static class Usernames
{
    /// <summary>
    /// The name in Unicode normal form C; false for what no name can be: text that is not well-formed
    /// Unicode, or that PostgreSQL cannot hold because of a NUL.
    /// </summary>
    public static bool TryNormalize(string text, out string username)
    {
        username = "";

        if (text.Contains('\0', StringComparison.Ordinal))
            return false;

        try
        {
            username = text.Normalize();
            return true;
        }
        catch (ArgumentException)
        {
            // Lone surrogates and noncharacters have no normal form.
            return false;
        }
    }
}
