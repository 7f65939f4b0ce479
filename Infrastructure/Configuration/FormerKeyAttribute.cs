namespace Bank.Infrastructure.Configuration;

/// <summary>
/// A key that an option had before it was renamed. It still works; of the two keys the later source wins, and
/// a source that sets them to different values stops the start.
/// </summary>
/// <param name="key">The former key, without the section.</param>
[AttributeUsage(AttributeTargets.Property)]
sealed class FormerKeyAttribute(string key) : Attribute
{
    public string Key { get; } = key;
}
