namespace Bank.Tests.Harness;

/// <summary>Ids as requests may write them.</summary>
public static class Ids
{
    /// <summary>Well-formed JSON that is not an account id.</summary>
    public static TheoryData<string> Refused =>
    [
        "0", "null", "true", "\"\"", "\"abc\"", "\"1 OR 1=1\"", "1.5", "1e30", "9223372036854775808",
        "[1]", "{}",
    ];

    /// <summary>Path segments that are not an account id.</summary>
    public static TheoryData<string> RefusedInPaths => ["abc", "1.5", "9223372036854775808", "%20"];
}
