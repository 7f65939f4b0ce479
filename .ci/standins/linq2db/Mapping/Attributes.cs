namespace LinqToDB.Mapping;

/// <summary>Gives a member the name of its column, or of its parameter.</summary>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property)]
public class ColumnAttribute(string columnName) : Attribute
{
    public string Name { get; } = columnName;
}

/// <summary>Gives an enum member the value that it is stored by.</summary>
[AttributeUsage(AttributeTargets.Field)]
public class MapValueAttribute(object? value) : Attribute
{
    public object? Value { get; } = value;
}
