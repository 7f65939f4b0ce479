using System.ComponentModel.DataAnnotations;
using Bank.Infrastructure.Configuration;

namespace Bank.Features.Accounts;

/// <summary>How many accounts a user may have; in the section <c>Limits</c> of the configuration.</summary>
[Section("Limits")]
sealed class AccountOptions
{
    /// <summary>
    /// Accounts of one user, closed ones included, because no account is ever deleted. 0 means unlimited.
    /// </summary>
    [Range(0, int.MaxValue)]
    public int AccountsPerUser { get; init; } = 1000;
}
