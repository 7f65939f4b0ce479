using Bank.Infrastructure.Http;
using Bank.Infrastructure.Problems;
using Microsoft.Extensions.Primitives;

namespace Bank.Infrastructure.Tokens;

/// <summary>
/// Adds the challenge of tokens (RFC 6750, section 3; RFC 9728, section 5.1) beside that of HTTP Basic, and
/// to a refusal for the scope of a token.
/// </summary>
sealed class TokenChallenges(RequestDelegate next, TokenOptions options)
{
    public Task InvokeAsync(HttpContext context)
    {
        // Just before the response starts: an exception clears the response with its headers.
        context.Response.OnStarting(Add, context);
        return next(context);
    }

    Task Add(object state)
    {
        var context = (HttpContext)state;

        if (context.SentProblem() is { } problem && ErrorOf(problem) is { } error)
        {
            var metadata = ProtectedResource.AddressOf(context.Request) is { } address
                ? $"resource_metadata=\"{address}\""
                : null;
            string?[] parameters = [metadata, .. error];
            var challenge = $"Bearer {string.Join(", ", parameters.OfType<string>())}".TrimEnd();
            context.Response.Headers.WWWAuthenticate =
                StringValues.Concat(context.Response.Headers.WWWAuthenticate, challenge);
        }

        return Task.CompletedTask;
    }

    /// <summary>What the challenge says of a problem; null if it is no challenge.</summary>
    string[]? ErrorOf(Problem problem) =>
        problem.Code == TokenProblems.InsufficientScope.Code
            ? ["error=\"insufficient_scope\"", $"scope=\"{options.Scope}\""]
        : problem.Code != Problem.Unauthorized.Code ? null
        : problem == Problem.Unauthorized ? []
        : ["error=\"invalid_token\"", $"error_description=\"{problem.Detail}\""];
}
