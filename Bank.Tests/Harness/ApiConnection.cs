using Npgsql;

namespace Bank.Tests.Harness;

/// <summary>How an API connects to a database that a test uses as its owner: as a role that may do less.</summary>
static class ApiConnection
{
    /// <param name="owner">How the owner connects.</param>
    public static string Of(string owner) => new NpgsqlConnectionStringBuilder(owner)
    {
        Username = "bank_api",
        Password = "p4ssw0rd-of-the-api",
    }.ConnectionString;
}
