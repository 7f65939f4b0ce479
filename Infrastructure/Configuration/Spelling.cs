namespace Bank.Infrastructure.Configuration;

/// <summary>Finds the word that a misspelt one was meant to be.</summary>
static class Spelling
{
    /// <summary>The known word with the fewest edits.</summary>
    public static string Nearest(string word, IEnumerable<string> known) =>
        known.MinBy(candidate => Distance(word, candidate))!;

    /// <summary>
    /// The number of characters to insert, delete, replace or swap with their neighbour; case does not count.
    /// </summary>
    public static int Distance(string one, string other)
    {
        (one, other) = (one.ToUpperInvariant(), other.ToUpperInvariant());
        var edits = new int[one.Length + 1, other.Length + 1];

        for (var row = 0; row <= one.Length; row++)
        {
            for (var column = 0; column <= other.Length; column++)
                edits[row, column] = row == 0 || column == 0 ? row + column : Edits(row, column);
        }

        return edits[one.Length, other.Length];

        int Edits(int row, int column)
        {
            var replaced = edits[row - 1, column - 1] + (one[row - 1] == other[column - 1] ? 0 : 1);
            var fewest = Math.Min(replaced, Math.Min(edits[row - 1, column], edits[row, column - 1]) + 1);

            return row > 1 && column > 1
                && one[row - 1] == other[column - 2] && one[row - 2] == other[column - 1]
                ? Math.Min(fewest, edits[row - 2, column - 2] + 1)
                : fewest;
        }
    }
}
