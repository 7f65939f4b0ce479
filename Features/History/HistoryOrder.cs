namespace Bank.Features.History;

/// <summary>Which end of a history comes first; the number tells cursors apart.</summary>
enum HistoryOrder
{
    /// <summary>The oldest transaction.</summary>
    Asc,

    /// <summary>The newest transaction.</summary>
    Desc,
}
