using Bank.Infrastructure.Http;
using Bank.Infrastructure.Problems;
using FastEndpoints;

namespace Bank.Infrastructure.Auth;

/// <summary>
/// The only gate of the API: it stands before every slice that does not say <c>AllowAnonymous()</c> and
/// checks the password of every request (HTTP Basic, RFC 7617). Its 401 outranks a body that is malformed or
/// invalid and whatever is not found.
/// </summary>
sealed class BasicAuthentication(SignIn signIn, Limits limits, AuthMetrics metrics, SignInLog log)
    : IGlobalPreProcessor
{
    /// <summary>Puts the gate before a slice, unless the slice says that it is public.</summary>
    public static void Gate(EndpointDefinition endpoint)
    {
        if (endpoint.AnonymousVerbs is not null)
            return;

        endpoint.PreProcessor<BasicAuthentication>(Order.Before);
        endpoint.Description(builder => builder.WithMetadata(new SignInRequired()));

        // The framework's own authorization would look for an authentication scheme, of which there is none.
        endpoint.AllowAnonymous();
    }

    public async Task PreProcessAsync(IPreProcessorContext context, CancellationToken ct)
    {
        var http = context.HttpContext;
        var caller = BasicCredentials.TryParse(http.Request.Headers.Authorization, out var credentials)
            ? await CheckAsync(credentials, SignInOrigin.Of(http)).WaitAsync(ct)
            : null;

        if (caller is null)
        {
            await http.WriteProblemAsync(Problem.Unauthorized, ct);
            return;
        }

        limits.CountRequest(caller.Username);
        http.User = caller;
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
