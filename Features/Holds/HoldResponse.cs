using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Bank.Infrastructure.Data;

namespace Bank.Features.Holds;

/// <summary>Money of the payer's account that is set aside for the payee's account.</summary>
/// <param name="Id">The hold's id.</param>
/// <param name="From">The payer's account.</param>
/// <param name="To">The payee's account.</param>
/// <param name="Amount">The held amount.</param>
/// <param name="Currency">The currency of the amount; absent without one.</param>
/// <param name="Status">held, captured, released or expired.</param>
/// <param name="ExpiresAt">The time at which it expires.</param>
/// <param name="CreatedAt">The time at which it was placed.</param>
/// <param name="Reference">The payer's text for it; absent without one.</param>
/// <param name="Number">The order of the holds of an account; not shown.</param>
sealed record HoldResponse(
    Guid Id, long From, long To, decimal Amount, string? Currency,
    [property: RegularExpression("^(held|captured|released|expired)$")] string Status,
    DateTimeOffset ExpiresAt, DateTimeOffset CreatedAt, string? Reference,
    [property: JsonIgnore] long Number = 0) : IAmounts
{
    /// <summary>The amount in minor units.</summary>
    public long MinorUnits() => Currencies.From(Currency).ToMinorUnits(Amount);

    object IAmounts.Convert(Func<decimal, decimal> convert) => this with { Amount = convert(Amount) };
}
