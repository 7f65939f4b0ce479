using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Bank.Features.Holds;

/// <summary>Money that is set aside for a receiver.</summary>
/// <param name="Id">The hold's id.</param>
/// <param name="From">The account whose money is set aside.</param>
/// <param name="To">The account that it is for.</param>
/// <param name="Amount">What is set aside.</param>
/// <param name="Status">held, captured, released or expired.</param>
/// <param name="ExpiresAt">From when on it is over, unless it was settled before.</param>
/// <param name="CreatedAt">When it was placed.</param>
/// <param name="Reference">What it is for; absent where nothing was said.</param>
/// <param name="Number">By which the holds of an account are sorted; not shown.</param>
sealed record HoldResponse(
    Guid Id, long From, long To, decimal Amount,
    [property: RegularExpression("^(held|captured|released|expired)$")] string Status,
    DateTimeOffset ExpiresAt, DateTimeOffset CreatedAt, string? Reference,
    [property: JsonIgnore] long Number = 0);
