using System.Text.Json;

namespace Bank.Infrastructure.Money;

/// <summary>
/// A JSON value that cannot be read as an amount of money; the message says what it must be.
/// </summary>
sealed class MoneyException(string reason) : JsonException(reason);
