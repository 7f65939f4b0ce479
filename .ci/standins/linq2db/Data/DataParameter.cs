using System.Collections.Concurrent;
using System.Reflection;
using LinqToDB.Mapping;
using Npgsql;
using NpgsqlTypes;

namespace LinqToDB
{
    public enum DataType
    {
        Undefined, Text, VarBinary, Boolean, Guid, Int32, Int64, Decimal, DateTimeOffset, BinaryJson,
    }
}

namespace LinqToDB.Data
{
    /// <summary>A named value, with its type where that must be forced.</summary>
    public class DataParameter(string? name, object? value, DataType dataType)
    {
        private static readonly ConcurrentDictionary<Type, PropertyInfo[]> Members = new();

        public DataParameter(string? name, object? value) : this(name, value, DataType.Undefined)
        {
        }

        public string? Name { get; set; } = name;

        public object? Value { get; set; } = value;

        public DataType DataType { get; set; } = dataType;

        /// <summary>Takes one, an array of them, or an object with a property for each parameter.</summary>
        internal static IEnumerable<NpgsqlParameter> From(object? parameters) => parameters switch
        {
            null => [],
            DataParameter one => [one.ToNpgsql(one.Name)],
            DataParameter[] several => several.Select(parameter => parameter.ToNpgsql(parameter.Name)),
            _ => Members.GetOrAdd(parameters.GetType(), Named).Select(member => FromMember(member, parameters)),
        };

        private static PropertyInfo[] Named(Type type) => type.GetProperties()
            .Where(member => member.PropertyType == typeof(DataParameter) || Columns.Of(type).Contains(member))
            .ToArray();

        private static NpgsqlParameter FromMember(PropertyInfo member, object parameters) =>
            member.GetValue(parameters) is DataParameter parameter
                ? parameter.ToNpgsql(parameter.Name ?? member.Name)
                : new DataParameter(null, member.GetValue(parameters))
                    .ToNpgsql(Columns.NameOf(member), Columns.DbType(member.PropertyType));

        private NpgsqlParameter ToNpgsql(string? name, NpgsqlDbType? declared = null)
        {
            var value = Value switch
            {
                Enum member => EnumMapping.ToStored(member),
                DateTimeOffset time => time.ToUniversalTime(),
                DateTime time => DateTime.SpecifyKind(time, DateTimeKind.Unspecified),
                var other => other,
            };
            var parameter = new NpgsqlParameter(name, value ?? DBNull.Value);

            if ((Forced() ?? declared ?? Columns.DbType(value?.GetType() ?? typeof(object))) is { } type)
                parameter.NpgsqlDbType = type;

            return parameter;
        }

        private NpgsqlDbType? Forced() => DataType switch
        {
            DataType.Text => NpgsqlDbType.Text,
            DataType.VarBinary => NpgsqlDbType.Bytea,
            DataType.Boolean => NpgsqlDbType.Boolean,
            DataType.Guid => NpgsqlDbType.Uuid,
            DataType.Int32 => NpgsqlDbType.Integer,
            DataType.Int64 => NpgsqlDbType.Bigint,
            DataType.Decimal => NpgsqlDbType.Numeric,
            DataType.DateTimeOffset => NpgsqlDbType.TimestampTz,
            DataType.BinaryJson => NpgsqlDbType.Jsonb,
            _ => null,
        };
    }
}
