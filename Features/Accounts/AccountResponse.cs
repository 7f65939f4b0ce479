using System.Text.Json.Serialization;
using Bank.Infrastructure.Data;

namespace Bank.Features.Accounts;

/// <summary>An account of the current user.</summary>
/// <param name="Id">The account's id.</param>
/// <param name="Currency">The currency of the account (ISO 4217); absent without one.</param>
/// <param name="Balance">The current balance.</param>
/// <param name="Available">The balance minus holds.</param>
/// <param name="CreatedAt">When the account was opened.</param>
/// <param name="ClosedAt">When the account was closed; absent while it is open.</param>
/// <param name="Name">The owner's name for the account; absent if it has none.</param>
sealed record AccountResponse(
    [property: JsonPropertyOrder(-2)] long Id, string? Currency, decimal Balance, decimal Available,
    DateTimeOffset CreatedAt, DateTimeOffset? ClosedAt,
    [property: JsonPropertyOrder(-1)] string? Name = null) : IAmounts
{
    object IAmounts.Convert(Func<decimal, decimal> convert) =>
        this with { Balance = convert(Balance), Available = convert(Available) };
}
