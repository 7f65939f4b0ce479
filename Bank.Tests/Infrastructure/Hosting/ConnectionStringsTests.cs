using Bank.Infrastructure.Configuration;
using Bank.Infrastructure.Hosting;
using Npgsql;

namespace Bank.Tests.Infrastructure.Hosting;

public sealed class ConnectionStringsTests
{
    [Theory]
    [InlineData(
        "postgres://ada:p%40ss@db.example:6543/bank?sslmode=require&application_name=one",
        "Host=db.example;Port=6543;Username=ada;Password=p@ss;Database=bank;SSL Mode=Require;"
            + "Application Name=one")]
    [InlineData("postgresql://ada@[::1]/bank", "Host=[::1];Port=5432;Username=ada;Database=bank")]
    [InlineData("POSTGRES://db/", "Host=db;Port=5432")]
    [InlineData("postgres:///bank?host=/run/postgresql&user=ada&connect_timeout=3",
        "Host=/run/postgresql;Port=5432;Username=ada;Database=bank;Timeout=3")]
    [InlineData(
        "postgres://db/bank?target_session_attrs=primary&sslrootcert=/ca.pem",
        "Host=db;Port=5432;Database=bank;Target Session Attributes=primary;Root Certificate=/ca.pem")]
    [InlineData("Host=db;Database=bank", "Host=db;Database=bank")]
    public void Connection_URI_equals_the_same_Npgsql_connection_string(string text, string same)
    {
        var expected = new NpgsqlConnectionStringBuilder(same)
        {
            GssEncryptionMode = GssEncryptionMode.Disable,
        };

        ConnectionStrings.Read(text).EquivalentTo(expected)
            .ShouldBeTrue(ConnectionStrings.Read(text).ToString());
    }

    [Theory]
    [InlineData("Hots=db;Password=secret", "'hots'")]
    [InlineData("Host=db;Port=secret", "'port'")]
    [InlineData("secret", "cannot be read.")]
    [InlineData("Database=bank;Password=secret", "names no host")]
    [InlineData("postgres://ada:secret@db:no/bank", "cannot be read.")]
    [InlineData("postgres://ada:secret@db/bank?colour=blue", "'colour'")]
    public void Bad_connection_string_is_reported_without_its_value(
        string text, string place)
    {
        var refusal = Should.Throw<StartupException>(() => ConnectionStrings.Read(text)).Message;

        refusal.ShouldContain(place);
        refusal.ShouldContain("postgres://user:password@host/database");
        refusal.ShouldNotContain("secret");
        refusal.ShouldNotContain(Environment.NewLine);
    }

    [Fact]
    public void GSS_encryption_is_used_only_if_required()
    {
        ConnectionStrings.Read("Host=db;GSS Encryption Mode=Require").GssEncryptionMode
            .ShouldBe(GssEncryptionMode.Require);
    }
}
