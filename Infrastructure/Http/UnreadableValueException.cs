using System.Text.Json;

namespace Bank.Infrastructure.Http;

/// <summary>
/// A JSON value that a converter cannot read as what it stands for; the message says what it must be.
/// </summary>
sealed class UnreadableValueException(string reason) : JsonException(reason);
