using LinqToDB.Mapping;

namespace Bank.Infrastructure.Auth;

/// <summary>What is stored of a user to sign in with.</summary>
sealed class StoredUser
{
    [Column("id")]
    public long Id { get; set; }

    [Column("username")]
    public string Username { get; set; } = "";

    [Column("password_hash")]
    public string PasswordHash { get; set; } = "";
}
