using System.ComponentModel.DataAnnotations;
using Bank.Infrastructure.Configuration;

namespace Bank.Infrastructure.Idempotency;

/// <summary>The lifetime of idempotency keys: the section <c>Idempotency</c> of the configuration.</summary>
[Section("Idempotency")]
sealed class IdempotencyOptions
{
    /// <summary>How long a key is kept. A repeated request after that is a new request.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1000.00:00:00")]
    public TimeSpan KeepFor { get; init; } = TimeSpan.FromDays(30);

    /// <summary>The interval between two scans for expired keys.</summary>
    public TimeSpan ScanInterval => KeepFor / 30;
}
