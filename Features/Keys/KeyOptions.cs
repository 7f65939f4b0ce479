using System.ComponentModel.DataAnnotations;
using Bank.Infrastructure.Configuration;

namespace Bank.Features.Keys;

/// <summary>How many keys a user may have; in the section <c>Limits</c> of the configuration.</summary>
[Section("Limits")]
sealed class KeyOptions
{
    /// <summary>Keys of one user; expired ones make room for others.</summary>
    [Range(1, 10_000)]
    public int KeysPerUser { get; init; } = 100;
}
