using System.Text.Json;

namespace Bank.Infrastructure.Http;

/// <summary>
/// A converter cannot read a JSON value; the message says what the value must be.
/// </summary>
sealed class UnreadableValueException(string reason) : JsonException(reason);
