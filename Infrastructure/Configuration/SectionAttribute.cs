namespace Bank.Infrastructure.Configuration;

/// <summary>Names the section of the configuration that a class has, or reads.</summary>
/// <param name="name">The section's name; empty for keys that are in none.</param>
/// <param name="keys">
/// The keys that the class reads, where it has no property for each. 0 stands for every item of a list.
/// </param>
[AttributeUsage(AttributeTargets.Class)]
sealed class SectionAttribute(string name, params string[] keys) : Attribute
{
    public string Name { get; } = name;

    public IReadOnlyList<string> Keys { get; } = keys;
}
