using System.Data.Common;
using LinqToDB.DataProvider.PostgreSQL;

namespace LinqToDB
{
    public interface IDataContext : IDisposable, IAsyncDisposable;

    public sealed record DataOptions
    {
        internal Func<DataOptions, DbConnection>? ConnectionFactory { get; init; }
    }

    public class DataOptions<T>(DataOptions options)
        where T : IDataContext
    {
        public DataOptions Options { get; } = options;
    }

    public static class DataOptionsExtensions
    {
        /// <summary>Only PostgreSQL is there, so naming it changes nothing.</summary>
        public static DataOptions UsePostgreSQL(
            this DataOptions options, PostgreSQLVersion dialect = PostgreSQLVersion.AutoDetect) => options;

        public static DataOptions UseConnectionFactory(
            this DataOptions options, Func<DataOptions, DbConnection> connectionFactory) =>
            options with { ConnectionFactory = connectionFactory };
    }

    public class LinqToDBException(string message) : Exception(message);
}

namespace LinqToDB.Common
{
    public class LinqToDBConvertException(string message) : LinqToDBException(message);
}

namespace LinqToDB.DataProvider.PostgreSQL
{
    public enum PostgreSQLVersion { AutoDetect, v92, v93, v95, v11, v12, v13, v15, v18, v19 }
}
