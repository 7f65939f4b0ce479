using System.Collections.Concurrent;
using System.Data.Common;
using System.Linq.Expressions;
using System.Reflection;

namespace LinqToDB.Mapping;

/// <summary>Turns a row into a <typeparamref name="T"/>; compiled once per statement, like the published one.</summary>
internal static class RowReader<T>
{
    private static readonly ConcurrentDictionary<string, Func<DbDataReader, T>> Compiled = new();

    public static Func<DbDataReader, T> Get(string sql, DbDataReader reader) =>
        Compiled.GetOrAdd(sql, static (_, reader) => Compile(reader), reader);

    private static Func<DbDataReader, T> Compile(DbDataReader reader)
    {
        var row = Expression.Parameter(typeof(DbDataReader), "row");
        var value = Columns.IsScalar(typeof(T))
            ? RowReader.Column(row, 0, typeof(T))
            : RowReader.Object(row, RowReader.Ordinals(reader), typeof(T));

        return Expression.Lambda<Func<DbDataReader, T>>(value, row).Compile();
    }
}

internal static class RowReader
{
    /// <summary>Case does not matter; of several columns with one name the first counts.</summary>
    public static Dictionary<string, int> Ordinals(DbDataReader reader)
    {
        var ordinals = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        for (var column = 0; column < reader.FieldCount; column++)
            ordinals.TryAdd(reader.GetName(column), column);

        return ordinals;
    }

    /// <summary>
    /// Calls the constructor with the members that its parameters are named after, of the same type, and sets
    /// those that remain. A member without a column becomes its type's default, whatever it was initialised to.
    /// </summary>
    public static Expression Object(ParameterExpression row, Dictionary<string, int> ordinals, Type type)
    {
        var members = Columns.Of(type).ToList();
        var constructor = Constructor(type);
        var arguments = new List<Expression>();

        foreach (var parameter in constructor?.GetParameters() ?? [])
        {
            var member = members
                .Where(member => Columns.TypeOf(member) == parameter.ParameterType)
                .Where(member => member.Name.Equals(parameter.Name, StringComparison.OrdinalIgnoreCase))
                .MaxBy(member => member.Name == parameter.Name)
                ?? throw new InvalidOperationException($"Cannot construct object '{type}'. No suitable constructors found.");
            members.Remove(member);
            arguments.Add(Value(member));
        }

        return Expression.MemberInit(
            constructor is null ? Expression.New(type) : Expression.New(constructor, arguments),
            members.Where(Columns.IsSettable).Select(member => Expression.Bind(member, Value(member))));

        Expression Value(MemberInfo member) => ordinals.TryGetValue(Columns.NameOf(member), out var column)
            ? Column(row, column, Columns.TypeOf(member))
            : Expression.Default(Columns.TypeOf(member));
    }

    /// <summary>SQL NULL becomes the type's default, even where the type cannot be null.</summary>
    public static Expression Column(ParameterExpression row, int column, Type type)
    {
        var underlying = Nullable.GetUnderlyingType(type) ?? type;
        var index = Expression.Constant(column);
        var value = underlying.IsEnum
            ? Expression.Call(typeof(EnumMapping<>).MakeGenericType(underlying), "Read", null, row, index)
            : Expression.Call(row, nameof(DbDataReader.GetFieldValue), [underlying], index);

        return Expression.Condition(
            Expression.Call(row, nameof(DbDataReader.IsDBNull), null, index),
            Expression.Default(type),
            Expression.Convert(value, type));
    }

    /// <summary>The only constructor, else the one without parameters, else the only public one.</summary>
    private static ConstructorInfo? Constructor(Type type)
    {
        var all = type.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);
        var open = all.Where(constructor => constructor.IsPublic).ToList();

        return all.Length <= 1 ? all.SingleOrDefault()
            : all.FirstOrDefault(constructor => constructor.GetParameters() is [])
            ?? (open.Count == 1 ? open[0]
            : throw new InvalidOperationException($"Type '{type.Name}' has ambiguous constructors."));
    }
}
