namespace Bank.Cells;

/// <summary>A cell gave a response that the protocol does not expect; the message says which.</summary>
sealed class CellException(string message) : Exception(message);
