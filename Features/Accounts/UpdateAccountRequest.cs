using System.Text.Json.Serialization;
using FastEndpoints;

namespace Bank.Features.Accounts;

/// <summary>A merge patch (RFC 7396): what it leaves out stays, and null removes.</summary>
/// <param name="Id">The account's id.</param>
sealed record UpdateAccountRequest([property: RouteParam] long Id)
{
    /// <summary>
    /// The owner's name for the account: 1 to 140 characters, at least one visible, no control characters;
    /// null removes it.
    /// </summary>
    public string? Name
    {
        get;
        init
        {
            field = value;
            HasName = true;
        }
    }

    /// <summary>Whether the patch has a name, which may be null.</summary>
    [JsonIgnore]
    public bool HasName { get; private init; }
}
