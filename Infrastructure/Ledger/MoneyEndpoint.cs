using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.Problems;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using static Bank.Infrastructure.Ledger.LedgerRefusals;

namespace Bank.Infrastructure.Ledger;

/// <summary>What an endpoint needs to know of the ledger: post this command, get its answer.</summary>
static class MoneyEndpoint
{
    /// <summary>
    /// What every money slice may answer beside its own: the ledger may be overloaded or away.
    /// </summary>
    public static RouteHandlerBuilder PostsMoney(this RouteHandlerBuilder slice) => slice.Refuses(
        IdempotencyKeyReused, Problem.Overloaded, Problem.DatabaseUnavailable,
        AccountBusy, OutcomeUnknown(SomeTransaction));

    /// <summary>
    /// Posts a command with the key of its request and answers after the commit. A caller that goes away
    /// does not cancel it.
    /// </summary>
    /// <exception cref="ProblemException">As <see cref="GroupCommit.PostAsync"/> says.</exception>
    public static async Task<Answer> PostAsync<TRequest>(
        this GroupCommit ledger, HttpContext http, MoneyCommand command, TRequest request)
        where TRequest : IKeyedRequest
    {
        var key = request.IdempotencyKey is { } value
            ? new IdempotencyKey(command.CallerId, value, http.Fingerprint(request), http.TraceId())
            : null;
        var answer = await ledger.PostAsync(command, key);

        if (answer.ReplayedTraceId is { } traceId)
        {
            http.Response.Headers["Idempotent-Replayed"] = "true";
            http.RepeatTraceId(traceId);
        }

        return answer;
    }

    /// <summary>
    /// SHA-256 of the method, the path and the body, in base64. The body counts as it was understood, so that
    /// neither white space nor <c>10.5</c> for <c>10.50</c> makes it another.
    /// </summary>
    static string Fingerprint<TRequest>(this HttpContext http, TRequest request)
    {
        var json = http.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        var path = http.Request.Path.Value!.TrimEnd('/').ToLowerInvariant();
        var text = $"{http.Request.Method} {path}\n{JsonSerializer.Serialize(request, json)}";

        return Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }
}
