namespace Bank.Tests.Harness;

/// <summary>New, unused usernames.</summary>
static class Names
{
    public static string New() => Of(32);

    /// <summary>A name of this many ASCII letters and digits; at most 32.</summary>
    public static string Of(int length) => Guid.NewGuid().ToString("n")[..length];
}
