namespace FluentMigrator.Runner
{
    public interface IMigrationRunner
    {
        void MigrateUp();

        void MigrateUp(long version);

        void MigrateDown(long version);

        bool HasMigrationsToApplyUp(long? version = null);
    }
}

namespace FluentMigrator.Runner.Exceptions
{
    public class MissingMigrationsException(string message) : Exception(message);

    public class UndeterminableConnectionException(string message, Exception innerException)
        : Exception(message, innerException);

    public class DuplicateMigrationException(string message) : Exception(message);
}
