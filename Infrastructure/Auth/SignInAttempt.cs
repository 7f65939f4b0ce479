using System.Threading.RateLimiting;

namespace Bank.Infrastructure.Auth;

/// <summary>A sign-in that is being tried; it counts among those at once until it is disposed of.</summary>
/// <param name="Lease">Its place among them.</param>
/// <param name="GoesFirst">Whether it goes before strangers.</param>
readonly record struct SignInAttempt(RateLimitLease Lease, bool GoesFirst) : IDisposable
{
    public void Dispose() => Lease.Dispose();
}
