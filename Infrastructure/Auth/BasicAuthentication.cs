using Bank.Infrastructure.Http;
using Bank.Infrastructure.Problems;
using FastEndpoints;
using Microsoft.AspNetCore.Mvc;

namespace Bank.Infrastructure.Auth;

/// <summary>
/// The only gate of the API. It runs before every slice without <c>AllowAnonymous()</c> and checks the
/// credentials of every request: a password or what stands in its place, in HTTP Basic (RFC 7617), or another
/// kind of credentials as Bearer (RFC 6750). A 401 or 403 takes precedence over a malformed or invalid body
/// and over a 404. Where a slice accepts a larger body than others, the gate runs before the body is read.
/// </summary>
sealed class BasicAuthentication(
    SignIn signIn, IEnumerable<CredentialKind> kinds, RateLimits limits, AuthMetrics metrics, SignInLog log,
    OperatorReads reads)
    : IGlobalPreProcessor, IEndpointFilter
{
    /// <summary>Puts the gate before a slice, unless the slice is public.</summary>
    public static void Gate(EndpointDefinition endpoint)
    {
        if (endpoint.AnonymousVerbs is not null)
            return;

        endpoint.PreProcessor<BasicAuthentication>(Order.Before);
        endpoint.Description(builder => builder.WithMetadata(new SignInRequired()));

        if (endpoint.EndpointType.IsDefined(typeof(RequestSizeLimitAttribute), inherit: true))
            endpoint.Description(builder => builder.AddEndpointFilter<BasicAuthentication>());

        // The framework's own authorization would look for an authentication scheme; there is none.
        endpoint.AllowAnonymous();
    }

    /// <summary>Checks the credentials before the body is read.</summary>
    public async ValueTask<object?> InvokeAsync(
        EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        await TrySignInAsync(context.HttpContext, context.HttpContext.RequestAborted)
            ? await next(context)
            : Results.Empty;

    /// <summary>Checks the credentials after the body was read, unless they are checked already.</summary>
    public Task PreProcessAsync(IPreProcessorContext context, CancellationToken ct) =>
        context.HttpContext.User is Caller ? Task.CompletedTask : TrySignInAsync(context.HttpContext, ct);

    async Task<bool> TrySignInAsync(HttpContext http, CancellationToken ct)
    {
        var header = http.Request.Headers.Authorization;
        var caller = BasicCredentials.TryParse(header, out var basic)
                ? await CheckAsync(http, basic.Username, basic.Password, ct)
            : BearerCredentials.TryParse(header, out var secret)
                ? await CheckAsync(http, username: null, secret, ct)
            : null;

        if (caller is null)
        {
            await http.WriteProblemAsync(Problem.Unauthorized, ct);
            return false;
        }

        limits.CountRequest(caller);
        http.User = caller;

        if (AccessRules.FindRefusal(http, caller) is not { } refusal)
        {
            if (caller.IsOperator)
                http.User = await reads.FindAsync(http, caller, ct);

            return true;
        }

        await http.WriteProblemAsync(refusal, ct);
        return false;
    }

    /// <summary>
    /// Waits for a database that is away, whatever the password: otherwise the wait would tell a stranger
    /// whether it is right.
    /// </summary>
    Task<Caller?> CheckAsync(HttpContext http, string? username, string secret, CancellationToken ct)
    {
        var origin = SignInOrigin.FromContext(http);
        return http.WaitForDatabaseAsync(
            () => CheckAsync(username, secret, origin).WaitAsync(ct), ct,
            mayWait: () => kinds.Any(kind => kind.IsKnown(secret))
                || (username is not null && signIn.IsKnown(username, origin)));
    }

    async Task<Caller?> CheckAsync(string? username, string secret, SignInOrigin origin)
    {
        try
        {
            var caller = await FindCallerAsync(username, secret, origin);
            metrics.RecordSignIn(caller is null ? "refused" : "accepted");

            if (caller is null)
                log.LogRefusal(username, origin.Address);

            return caller;
        }
        catch (ProblemException ended)
        {
            metrics.RecordSignIn(
                ended.Problem.Status == Status401Unauthorized ? "refused" : ended.Problem.Code);
            throw;
        }
    }

    async ValueTask<Caller?> FindCallerAsync(string? username, string secret, SignInOrigin origin)
    {
        foreach (var kind in kinds)
        {
            if (await kind.CheckAsync(username, secret, origin) is { } caller)
                return caller;
        }

        return username is null
            ? null
            : await signIn.CheckAsync(new BasicCredentials(username, secret), origin);
    }
}
