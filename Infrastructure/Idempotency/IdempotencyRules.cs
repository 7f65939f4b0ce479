using System.Text.RegularExpressions;
using Bank.Infrastructure.Problems;
using FastEndpoints;
using FluentValidation.Results;

namespace Bank.Infrastructure.Idempotency;

/// <summary>
/// Checks the <c>Idempotency-Key</c> of every endpoint that accepts one: 1 to 255 visible ASCII characters,
/// at most once. It runs after the caller is known and after the validator, whose failures it joins.
/// </summary>
sealed partial class IdempotencyRules : IGlobalPreProcessor
{
    /// <summary>The header's name.</summary>
    public const string Header = "Idempotency-Key";

    /// <summary>The regular expression of a valid key.</summary>
    public const string Pattern = "^[!-~]{1,255}$";

    /// <summary>Why another key is refused.</summary>
    public const string Reason = "must be 1 to 255 visible ASCII characters";

    /// <summary>What a caller with a key may do when the outcome is unknown.</summary>
    public const string SendAgain =
        "A request with an Idempotency-Key can be sent again with the same key.";

    /// <summary>Adds the check to an endpoint.</summary>
    public static void Apply(EndpointDefinition endpoint) =>
        endpoint.PreProcessor<IdempotencyRules>(Order.After);

    public Task PreProcessAsync(IPreProcessorContext context, CancellationToken ct)
    {
        var http = context.HttpContext;

        // Without a request, binding has failed, and its failures are the response.
        if (context.Request is null || http.ResponseStarted()
            || http.GetEndpoint()?.Metadata.GetMetadata<IdempotencyKeyMetadata>() is null
            || !http.Request.Headers.TryGetValue(Header, out var keys))
            return Task.CompletedTask;

        if (keys.Count > 1)
            context.ValidationFailures.Clear();
        else if (ValidKey.IsMatch(keys.ToString()))
            return Task.CompletedTask;

        var isAlone = !context.HasValidationFailures;
        context.ValidationFailures.Add(new ValidationFailure(
            Header, keys.Count > 1 ? "is there twice" : Reason));

        // The framework sends the failures of the validator itself, and these with them.
        return isAlone
            ? http.Response.SendErrorsAsync(
                context.ValidationFailures, Status422UnprocessableEntity, cancellation: ct)
            : Task.CompletedTask;
    }

    /// <summary>The problem of a key that was used for another request.</summary>
    public static ProblemException Reused() => new(
        IdempotencyProblems.KeyReused, new FieldError(Header, "was already used for another request"));

    [GeneratedRegex(Pattern)]
    static partial Regex ValidKey { get; }
}
