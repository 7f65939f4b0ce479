namespace Bank.Infrastructure.Auth;

/// <summary>How often an address may register and a user may ask.</summary>
sealed class RequestLimits(LimitOptions options) : IDisposable
{
    /// <summary>Registrations, by address.</summary>
    public Limiter Registrations { get; } = new(options.RegistrationsPerAddress, TimeSpan.FromHours(1));

    /// <summary>Requests, by username.</summary>
    public Limiter Requests { get; } = new(options.RequestsPerUser, TimeSpan.FromSeconds(1));

    public void Dispose()
    {
        Registrations.Dispose();
        Requests.Dispose();
    }
}
