using System.Text.RegularExpressions;

namespace Bank.Infrastructure.Hosting;

/// <summary>The addresses at which the API is reached from its own machine.</summary>
static class Addresses
{
    public const string Default = "http://localhost:8000";

    static readonly Regex EveryInterface = new(@"://(\[::\]|0\.0\.0\.0|\+|\*)(?=[:/]|$)");

    /// <summary>An address that a browser can open: localhost stands for every interface.</summary>
    public static string ToOpenable(string address) => EveryInterface.Replace(address, "://localhost");
}
