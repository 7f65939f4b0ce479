using System.Text.RegularExpressions;

namespace Bank.Infrastructure.Hosting;

/// <summary>Where the API is reached from the machine it runs on.</summary>
static class Addresses
{
    public const string Default = "http://localhost:8000";

    static readonly Regex EveryInterface = new(@"://(\[::\]|0\.0\.0\.0|\+|\*)(?=[:/]|$)");

    /// <summary>
    /// An address that can be opened: one that listens on every interface is reached as localhost.
    /// </summary>
    public static string ToOpen(string address) => EveryInterface.Replace(address, "://localhost");
}
