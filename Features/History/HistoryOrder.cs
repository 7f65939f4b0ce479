namespace Bank.Features.History;

/// <summary>The order of a history's pages. Cursors contain the number, so a number never changes.</summary>
enum HistoryOrder
{
    OldestFirst = 0,

    NewestFirst = 1,
}
