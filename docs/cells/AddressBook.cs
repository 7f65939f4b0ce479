using System.Text.Json;

namespace Bank.Cells;

/// <summary>
/// Which cells there are, and in which of them each customer is. It changes only when a customer or a cell
/// moves. Here it is a file; any store that every driver reads will do.
/// </summary>
/// <param name="Cells">The cells by name.</param>
/// <param name="Customers">The customers by name.</param>
sealed record AddressBook(Dictionary<string, CellEntry> Cells, Dictionary<string, CustomerEntry> Customers)
{
    static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
    };

    public static AddressBook Read(string file) =>
        JsonSerializer.Deserialize<AddressBook>(File.ReadAllText(file), Json)
        ?? throw new CellException($"{file} is empty.");

    public void Write(string file) => File.WriteAllText(file, JsonSerializer.Serialize(this, Json));

    public CustomerEntry Customer(string name) => Customers.GetValueOrDefault(name)
        ?? throw new CellException($"The address book has no customer {name}.");

    public Cell Cell(string name) => Cells.TryGetValue(name, out var entry) ? new Cell(name, entry)
        : throw new CellException($"The address book has no cell {name}.");
}

/// <param name="Address">The address of the cell's API.</param>
/// <param name="Operator">The user that owns the cell's accounts for payments.</param>
/// <param name="Password">The operator's password.</param>
/// <param name="Funds">What each settlement account has at first: the most that its cell may owe.</param>
/// <param name="Transit">The account that payments to other cells pass through.</param>
/// <param name="Settlement">The account for each other cell.</param>
/// <param name="Verify">The command that verifies the cell's ledger, and its arguments.</param>
sealed record CellEntry(
    string Address, string Operator, string Password, decimal Funds, long Transit = 0,
    Dictionary<string, long>? Settlement = null, string[]? Verify = null);

/// <param name="Cell">The name of the customer's cell.</param>
/// <param name="Account">The customer's account in it.</param>
sealed record CustomerEntry(string Cell, long Account);
