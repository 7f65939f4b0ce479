using System.Reflection;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using FastEndpoints;

namespace Bank.Infrastructure.Http;

/// <summary>Keeps what a request takes from its address or a header out of its JSON.</summary>
static class BodyMembers
{
    /// <summary>Whether a member says that it comes from elsewhere.</summary>
    public static bool IsElsewhere(ICustomAttributeProvider member) =>
        member.IsDefined(typeof(NonJsonBindingAttribute), inherit: true);

    /// <summary>Whether a request has members in its body, and all of them may be left out.</summary>
    public static bool AreOptional(Type request)
    {
        var names = request.GetProperties().Where(member => !IsElsewhere(member))
            .Select(member => member.Name).ToArray();

        return names.Length > 0 && request.GetConstructors().Any(constructor =>
            names.All(name => Array.Exists(
                constructor.GetParameters(), member => member.Name == name && member.HasDefaultValue)));
    }

    /// <summary>Makes such members unknown to JSON, whatever a body has by their names.</summary>
    public static void LeaveOthersOut(JsonTypeInfo type)
    {
        for (var index = type.Properties.Count - 1; index >= 0; index--)
        {
            var member = type.Properties[index];

            if (member.AttributeProvider is null || !IsElsewhere(member.AttributeProvider))
                continue;

            // A constructor cannot do without its parameters, but need not be given what they are called by.
            if (member.AssociatedParameter is null)
                type.Properties.RemoveAt(index);
            else
                PassOver(member);
        }
    }

    static void PassOver(JsonPropertyInfo member)
    {
        var reader = typeof(SkipConverter<>).MakeGenericType(member.PropertyType);
        member.CustomConverter = (JsonConverter)Activator.CreateInstance(reader)!;
        member.ShouldSerialize = (_, _) => false;
    }
}
