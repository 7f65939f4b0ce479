namespace Bank.Infrastructure.Data;

/// <summary>
/// Compares a column's name with a member's: <c>created_at</c> is <c>CreatedAt</c>, so that no query needs an
/// alias for its case.
/// </summary>
sealed class ColumnNames : StringComparer
{
    public override int Compare(string? x, string? y) => OrdinalIgnoreCase.Compare(Bare(x), Bare(y));

    public override bool Equals(string? x, string? y) => OrdinalIgnoreCase.Equals(Bare(x), Bare(y));

    public override int GetHashCode(string obj) => OrdinalIgnoreCase.GetHashCode(Bare(obj)!);

    static string? Bare(string? name) => name?.Replace("_", "", StringComparison.Ordinal);
}
