using System.ComponentModel.DataAnnotations;
using Bank.Infrastructure.Configuration;

namespace Bank.Infrastructure.Idempotency;

/// <summary>How long idempotency keys are kept; the section <c>Idempotency</c> of the configuration.</summary>
sealed class IdempotencyOptions
{
    /// <summary>A repeat that comes later is a new request.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1000.00:00:00", ErrorMessage = Settings.Duration)]
    public TimeSpan KeepFor { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How often keys are looked through for those whose time is over.</summary>
    public TimeSpan LookEvery => KeepFor / 30;
}
