using Npgsql;

namespace Bank.Tests.Harness;

/// <summary>Turns the owner's connection string into that of the API's role, which may do less.</summary>
static class ApiConnection
{
    /// <param name="owner">How the owner connects.</param>
    public static string Of(string owner) => new NpgsqlConnectionStringBuilder(owner)
    {
        Username = "bank_api",
        Password = "p4ssw0rd-of-the-api",
    }.ConnectionString;
}
