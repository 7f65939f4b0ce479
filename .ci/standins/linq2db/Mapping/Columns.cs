using System.Reflection;
using NpgsqlTypes;

namespace LinqToDB.Mapping;

/// <summary>Which members of a type map to columns or parameters, and as what.</summary>
internal static class Columns
{
    private static readonly Dictionary<Type, NpgsqlDbType> Scalars = new()
    {
        [typeof(bool)] = NpgsqlDbType.Boolean,
        [typeof(short)] = NpgsqlDbType.Smallint,
        [typeof(int)] = NpgsqlDbType.Integer,
        [typeof(long)] = NpgsqlDbType.Bigint,
        [typeof(float)] = NpgsqlDbType.Real,
        [typeof(double)] = NpgsqlDbType.Double,
        [typeof(decimal)] = NpgsqlDbType.Numeric,
        [typeof(string)] = NpgsqlDbType.Text,
        [typeof(Guid)] = NpgsqlDbType.Uuid,
        [typeof(DateTime)] = NpgsqlDbType.Timestamp,
        [typeof(DateTimeOffset)] = NpgsqlDbType.TimestampTz,
        [typeof(DateOnly)] = NpgsqlDbType.Date,
        [typeof(TimeSpan)] = NpgsqlDbType.Interval,
    };

    /// <summary>
    /// Arrays whose elements are nullable (<c>decimal?[]</c>), arrays themselves (<c>byte[][]</c>) or enums are
    /// no scalars for linq2db either: it leaves such a member out.
    /// </summary>
    public static bool IsScalar(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;

        return type.IsEnum || type == typeof(object) || type == typeof(byte[]) || Scalars.ContainsKey(type)
            || (type.IsSZArray && Scalars.ContainsKey(type.GetElementType()!));
    }

    /// <summary>The type a parameter is sent with; null leaves it to Npgsql, as linq2db does with arrays.</summary>
    public static NpgsqlDbType? DbType(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;

        return type.IsEnum ? DbType(EnumMapping.StoredType(type))
            : type == typeof(byte[]) ? NpgsqlDbType.Bytea
            : Scalars.TryGetValue(type, out var scalar) ? scalar
            : null;
    }

    public static IEnumerable<MemberInfo> Of(Type type) => type
        .GetMembers(BindingFlags.Instance | BindingFlags.Public)
        .Where(member => member is FieldInfo || (member is PropertyInfo property && property.GetIndexParameters() is []))
        .Where(member => member.IsDefined(typeof(ColumnAttribute)) || IsScalar(TypeOf(member)));

    public static string NameOf(MemberInfo member) =>
        member.GetCustomAttribute<ColumnAttribute>()?.Name ?? member.Name;

    public static Type TypeOf(MemberInfo member) =>
        member is PropertyInfo property ? property.PropertyType : ((FieldInfo)member).FieldType;

    public static bool IsSettable(MemberInfo member) =>
        member is PropertyInfo property ? property.CanWrite : !((FieldInfo)member).IsInitOnly;
}
