using NJsonSchema.Generation;

namespace Bank.Infrastructure.OpenApi;

/// <summary>Names what is answered by what it is: a <c>TransferResponse</c> is a Transfer to a client.</summary>
sealed class SchemaNames : ISchemaNameGenerator
{
    static readonly string[] Roles = ["Response", "Body"];

    public string Generate(Type type) => Of(type);

    public static string Of(Type type)
    {
        var name = type.Name.Split('`')[0];

        foreach (var role in Roles.Where(role => name.EndsWith(role, StringComparison.Ordinal)))
            name = name[..^role.Length];

        return string.Concat(type.GenericTypeArguments.Select(Of)) + name;
    }
}
