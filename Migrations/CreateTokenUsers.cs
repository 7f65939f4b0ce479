using FluentMigrator;

namespace Bank.Migrations;

/// <summary>
/// The users of access tokens, by the name that their authority has for them. Their password hash is no hash,
/// so that no password matches. The row stays when the user is removed: the authority's name is never used
/// for another user.
/// </summary>
[Migration(202611300620, "Create token users")]
public sealed class CreateTokenUsers : Migration
{
    public override void Up() => Execute.Sql(
        """
        CREATE TABLE token_users (
            user_id bigint PRIMARY KEY REFERENCES users,
            issuer  text COLLATE "C" NOT NULL CHECK (length(issuer) BETWEEN 1 AND 255),
            subject text COLLATE "C" NOT NULL CHECK (length(subject) BETWEEN 1 AND 255),
            UNIQUE (issuer, subject)
        );
        """);

    public override void Down() => Execute.Sql("DROP TABLE token_users;");
}
