using Bank.Infrastructure.Http;
using Bank.Infrastructure.Problems;
using FastEndpoints;
using Microsoft.AspNetCore.Mvc;

namespace Bank.Infrastructure.Auth;

/// <summary>
/// The only gate of the API: it stands before every slice that does not say <c>AllowAnonymous()</c> and
/// checks the password of every request (HTTP Basic, RFC 7617). Its 401 outranks a body that is malformed or
/// invalid and whatever is not found. Where a slice accepts a larger body than others, it is not read for strangers.
/// </summary>
sealed class BasicAuthentication(SignIn signIn, RateLimits limits, AuthMetrics metrics, SignInLog log)
    : IGlobalPreProcessor, IEndpointFilter
{
    /// <summary>Puts the gate before a slice, unless the slice says that it is public.</summary>
    public static void Gate(EndpointDefinition endpoint)
    {
        if (endpoint.AnonymousVerbs is not null)
            return;

        endpoint.PreProcessor<BasicAuthentication>(Order.Before);
        endpoint.Description(builder => builder.WithMetadata(new SignInRequired()));

        if (endpoint.EndpointType.IsDefined(typeof(RequestSizeLimitAttribute), inherit: true))
            endpoint.Description(builder => builder.AddEndpointFilter<BasicAuthentication>());

        // The framework's own authorization would look for an authentication scheme, of which there is none.
        endpoint.AllowAnonymous();
    }

    /// <summary>Before the body is read.</summary>
    public async ValueTask<object?> InvokeAsync(
        EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        await PassAsync(context.HttpContext, context.HttpContext.RequestAborted)
            ? await next(context)
            : Results.Empty;

    /// <summary>After the body was read, where that did not have to wait.</summary>
    public Task PreProcessAsync(IPreProcessorContext context, CancellationToken ct) =>
        context.HttpContext.User is Caller ? Task.CompletedTask : PassAsync(context.HttpContext, ct);

    async Task<bool> PassAsync(HttpContext http, CancellationToken ct)
    {
        var caller = BasicCredentials.TryParse(http.Request.Headers.Authorization, out var credentials)
            ? await CheckAsync(credentials, SignInOrigin.Of(http)).WaitAsync(ct)
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

    async Task<Caller?> CheckAsync(BasicCredentials credentials, SignInOrigin origin)
    {
        try
        {
            var caller = await signIn.CheckAsync(credentials, origin);
            metrics.NoteSignIn(caller is null ? "refused" : "accepted");

            if (caller is null)
                log.Refused(credentials.Username, origin.Address);

            return caller;
        }
        catch (ProblemException ended)
        {
            metrics.NoteSignIn(ended.Problem.Code);
            throw;
        }
    }
}
