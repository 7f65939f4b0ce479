using System.Data.Common;
using System.Reflection;
using LinqToDB.Common;

namespace LinqToDB.Mapping;

/// <summary>Maps enums to the texts of their <see cref="MapValueAttribute"/>s, or to numbers without any.</summary>
internal static class EnumMapping
{
    public static Type StoredType(Type type) =>
        type.GetFields().Any(field => field.IsDefined(typeof(MapValueAttribute)))
            ? typeof(string)
            : Enum.GetUnderlyingType(type);

    public static object ToStored(Enum value) =>
        value.GetType().GetField(value.ToString())?.GetCustomAttribute<MapValueAttribute>()?.Value
        ?? Convert.ChangeType(value, value.GetTypeCode());
}

internal static class EnumMapping<T>
    where T : struct, Enum
{
    private static readonly Dictionary<object, T> Values =
        Enum.GetValues<T>().ToDictionary(value => EnumMapping.ToStored(value));

    public static T Read(DbDataReader reader, int column)
    {
        var stored = reader.GetValue(column);
        if (Values.TryGetValue(stored, out var value))
            return value;

        return stored is string
            ? throw new LinqToDBConvertException($"Cannot convert value '{stored}' to type '{typeof(T).FullName}'")
            : (T)Enum.ToObject(typeof(T), stored);
    }
}
