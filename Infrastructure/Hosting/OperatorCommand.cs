using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Configuration;
using Bank.Infrastructure.Connections;
using Bank.Infrastructure.Data;
using FluentValidation;
using Npgsql;
using static BCrypt.Net.BCrypt;

namespace Bank.Infrastructure.Hosting;

/// <summary>
/// The program's command that says who runs the bank. It connects as the owner of the tables: the API's role
/// cannot make an operator.
/// </summary>
sealed class OperatorCommand(string connectionString, int workFactor, TextWriter output)
{
    /// <summary>The first argument of this command.</summary>
    public const string Argument = "operator";

    /// <summary>The trace id of what no request did.</summary>
    const string NoRequest = "command";

    const string ListSql =
        """
        SELECT username || CASE WHEN blocked_at IS NULL THEN '' ELSE ', blocked since ' || blocked_at END
        FROM users
        WHERE is_operator AND removed_at IS NULL
        ORDER BY username
        """;

    /// <summary>A user who is there keeps the password, and is no longer blocked.</summary>
    const string AddSql =
        """
        WITH changed AS (
            UPDATE users
            SET is_operator = true, blocked_at = NULL
            WHERE username = $1 AND removed_at IS NULL
            RETURNING id, false AS is_new
        ),
        added AS (
            INSERT INTO users (username, password_hash, is_operator, is_password_expired)
            SELECT $1, $2, true, true
            WHERE NOT EXISTS (SELECT FROM users WHERE username = $1)
            RETURNING id, true AS is_new
        ),
        recorded AS (
            INSERT INTO operator_actions (action, user_id, trace_id)
            SELECT 'add_operator', id, $3
            FROM (TABLE changed UNION ALL TABLE added) AS operator
        )
        SELECT CASE WHEN is_new THEN 'new' ELSE 'known' END
        FROM (TABLE changed UNION ALL TABLE added) AS operator
        """;

    const string RemoveSql =
        """
        WITH changed AS (
            UPDATE users
            SET is_operator = false
            WHERE username = $1 AND is_operator
            RETURNING id
        ),
        recorded AS (
            INSERT INTO operator_actions (action, user_id, trace_id)
            SELECT 'remove_operator', id, $2
            FROM changed
        )
        SELECT 'removed'
        FROM changed
        """;

    /// <summary>The number of arguments that are the command; the others are settings.</summary>
    /// <exception cref="StartupException">The command is incomplete.</exception>
    public static int CountWords(string[] args) => args switch
    {
        [Argument, "list", ..] => 2,
        [Argument, "add" or "remove", var name, ..] when !name.StartsWith('-') => 3,
        _ => throw new StartupException(
            $"Write {Argument} add NAME, {Argument} remove NAME or {Argument} list."),
    };

    /// <summary>Runs the command. Returns the exit code: 0 if it was done, else 1.</summary>
    public async Task<int> RunAsync(string[] args)
    {
        var settings = new NpgsqlConnectionStringBuilder(SessionSettings.ForMaintenance(connectionString))
        {
            Pooling = false,
        };
        await using var connection = new NpgsqlConnection(settings.ConnectionString);

        try
        {
            await connection.OpenAsync();
            var schema = await LedgerSchema.FindAsync(
                connection, LedgerSchema.NamedIn(connectionString), CancellationToken.None);
            await LedgerSchema.SearchAsync(connection, schema, CancellationToken.None);

            if (await LedgerSchema.FindReasonAsync(connection, schema) is { } reason)
                throw new StartupException(reason);

            return args[1] switch
            {
                "list" => await ListAsync(connection),
                "add" => await AddAsync(connection, args[2].Normalize()),
                _ => await RemoveAsync(connection, args[2].Normalize()),
            };
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new StartupException(
                "Only the owner of the tables says who runs the bank: set ConnectionStrings:Owner to connect "
                + $"as the owner. PostgreSQL says: {refused.MessageText}");
        }
        catch (NpgsqlException failure)
        {
            throw new StartupException(DatabaseAdvice.ForConnecting(failure, settings), failure);
        }
    }

    async Task<int> ListAsync(NpgsqlConnection connection)
    {
        var names = await QueryAsync(connection, ListSql);

        foreach (var name in names)
            await output.WriteLineAsync(name);

        if (names.Count == 0)
            await output.WriteLineAsync($"There are no operators. {Argument} add NAME makes one.");

        return 0;
    }

    async Task<int> AddAsync(NpgsqlConnection connection, string username)
    {
        var rules = new InlineValidator<string>();
        rules.RuleFor(name => name).IsUsername();

        if (rules.Validate(username) is { IsValid: false } invalid)
            throw new StartupException($"The username {invalid.Errors[0].ErrorMessage}.");

        var password = OneTimePassword.Create();
        var hash = EnhancedHashPassword(password, workFactor);

        switch (await QueryAsync(connection, AddSql, username, hash, NoRequest))
        {
            case ["new"]:
                await output.WriteLineAsync(
                    $"{username} is an operator. The first sign-in needs this password, which is shown once, "
                    + $"and PUT /auth/password to choose another: {password}");
                return 0;
            case ["known"]:
                await output.WriteLineAsync($"{username} is an operator, and keeps the password.");
                return 0;
            default:
                throw new StartupException($"{username} was deleted. A username is never used again.");
        }
    }

    async Task<int> RemoveAsync(NpgsqlConnection connection, string username)
    {
        if (await QueryAsync(connection, RemoveSql, username, NoRequest) is [])
            throw new StartupException($"{username} is no operator.");

        await output.WriteLineAsync($"{username} is no operator any more.");
        return 0;
    }

    static async Task<List<string>> QueryAsync(
        NpgsqlConnection connection, string sql, params string[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, connection);

        foreach (var value in parameters)
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = value });

        await using var rows = await command.ExecuteReaderAsync();
        var values = new List<string>();

        while (await rows.ReadAsync())
            values.Add(rows.GetString(0));

        return values;
    }
}
