using Bank.Infrastructure.Http;
using Bank.Infrastructure.Problems;
using FastEndpoints;
using Microsoft.AspNetCore.Mvc;

namespace Bank.Infrastructure.Auth;

/// <summary>
/// The only gate of the API. It runs before every slice without <c>AllowAnonymous()</c> and checks the
/// password of every request (HTTP Basic, RFC 7617). A 401 takes precedence over a malformed or invalid body
/// and over a 404. Where a slice accepts a larger body than others, the gate runs before the body is read.
/// </summary>
sealed class BasicAuthentication(SignIn signIn, RateLimits limits, AuthMetrics metrics, SignInLog log)
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

    /// <summary>Checks the password before the body is read.</summary>
    public async ValueTask<object?> InvokeAsync(
        EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        await TrySignInAsync(context.HttpContext, context.HttpContext.RequestAborted)
            ? await next(context)
            : Results.Empty;

    /// <summary>Checks the password after the body was read, unless it is checked already.</summary>
    public Task PreProcessAsync(IPreProcessorContext context, CancellationToken ct) =>
        context.HttpContext.User is Caller ? Task.CompletedTask : TrySignInAsync(context.HttpContext, ct);

    async Task<bool> TrySignInAsync(HttpContext http, CancellationToken ct)
    {
        var caller = BasicCredentials.TryParse(http.Request.Headers.Authorization, out var credentials)
            ? await CheckAsync(http, credentials, ct)
            : null;

        if (caller is null)
        {
            await http.WriteProblemAsync(Problem.Unauthorized, ct);
            return false;
        }

        limits.CountRequest(caller.Username);
        http.User = caller;
        return true;
    }

    /// <summary>
    /// Waits for a database that is away, whatever the password: otherwise the wait would tell a stranger
    /// whether it is right.
    /// </summary>
    Task<Caller?> CheckAsync(HttpContext http, BasicCredentials credentials, CancellationToken ct)
    {
        var origin = SignInOrigin.FromContext(http);
        return http.WaitForDatabaseAsync(
            () => CheckAsync(credentials, origin).WaitAsync(ct), ct,
            mayWait: () => signIn.IsKnown(credentials.Username, origin));
    }

    async Task<Caller?> CheckAsync(BasicCredentials credentials, SignInOrigin origin)
    {
        try
        {
            var caller = await signIn.CheckAsync(credentials, origin);
            metrics.RecordSignIn(caller is null ? "refused" : "accepted");

            if (caller is null)
                log.LogRefusal(credentials.Username, origin.Address);

            return caller;
        }
        catch (ProblemException ended)
        {
            metrics.RecordSignIn(ended.Problem.Code);
            throw;
        }
    }
}
