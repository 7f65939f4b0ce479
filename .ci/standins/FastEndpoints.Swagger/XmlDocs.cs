using System.Collections.Concurrent;
using System.Xml.Linq;

namespace FastEndpoints.Swagger;

/// <summary>Reads the documentation files that lie beside the assemblies.</summary>
static class XmlDocs
{
    static readonly ConcurrentDictionary<Assembly, Dictionary<string, XElement>> Files = [];

    public static string? Of(Type? type, string tag = "summary") =>
        type is null ? null : Text(type, "T:" + IdOf(type), tag);

    public static string? Of(PropertyInfo property) =>
        Text(property.DeclaringType!, $"P:{IdOf(property.DeclaringType!)}.{property.Name}", "summary");

    static string? IdOf(Type type) =>
        (type.IsGenericType ? type.GetGenericTypeDefinition() : type).FullName?.Replace('+', '.');

    static string? Text(Type type, string id, string tag)
    {
        var element = Files.GetOrAdd(type.Assembly, Load).GetValueOrDefault(id)?.Element(tag);
        var text = element is null ? "" : string.Concat(element.Nodes().Select(Text));
        var lines = text.Split('\n').Select(line => line.Trim());
        return string.Join('\n', lines).Trim() is { Length: > 0 } trimmed ? trimmed : null;
    }

    static string Text(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { IsEmpty: true } reference => reference.FirstAttribute?.Value.Split(':', '.')[^1] ?? "",
        XElement element => string.Concat(element.Nodes().Select(Text)),
        _ => "",
    };

    static Dictionary<string, XElement> Load(Assembly assembly)
    {
        var file = Path.ChangeExtension(assembly.Location, ".xml");
        return File.Exists(file)
            ? XDocument.Load(file).Descendants("member").ToDictionary(m => (string)m.Attribute("name")!)
            : [];
    }
}
