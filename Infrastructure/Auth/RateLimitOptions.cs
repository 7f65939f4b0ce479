using System.ComponentModel.DataAnnotations;
using Bank.Infrastructure.Configuration;

namespace Bank.Infrastructure.Auth;

/// <summary>
/// How often a user or an address may do something; the section <c>Limits</c> of the configuration. 0 means
/// unlimited.
/// </summary>
[Section("Limits")]
sealed class RateLimitOptions
{
    /// <summary>
    /// Failed sign-ins a minute as one user, from addresses where the user has not signed in successfully.
    /// Beyond it, further addresses have a share: see <see cref="FailedSignIns"/>.
    /// </summary>
    [Range(0, int.MaxValue)]
    public int FailedSignInsPerUser { get; init; } = 10;

    /// <summary>Failed sign-ins a minute from one address, as any user.</summary>
    [Range(0, int.MaxValue)]
    public int FailedSignInsPerAddress { get; init; } = 50;

    /// <summary>Registrations an hour from one address.</summary>
    [Range(0, int.MaxValue)]
    public int RegistrationsPerAddress { get; init; } = 100;

    /// <summary>Requests a second of one user.</summary>
    [Range(0, int.MaxValue)]
    public int RequestsPerUser { get; init; } = 1000;

    /// <summary>Requests a second of one key; with 0 they count among the requests of its user.</summary>
    [Range(0, int.MaxValue)]
    public int RequestsPerKey { get; init; }
}
