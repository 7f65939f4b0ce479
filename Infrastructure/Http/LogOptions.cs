namespace Bank.Infrastructure.Http;

/// <summary>What is logged beside events; in the section <c>Logging</c> of the configuration.</summary>
sealed class LogOptions
{
    /// <summary>Whether every request has a line.</summary>
    public bool Requests { get; init; }
}
