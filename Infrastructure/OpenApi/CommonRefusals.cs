using System.Reflection;
using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.Problems;
using FastEndpoints;
using Microsoft.AspNetCore.Http.Metadata;

namespace Bank.Infrastructure.OpenApi;

/// <summary>
/// What is answered in a slice's place by whatever stands around it: the gate, the reading of the request,
/// and the last resort for faults. No slice declares it of itself.
/// </summary>
static class CommonRefusals
{
    static readonly Problem[] OfTheGate =
        [Problem.Unauthorized, Problem.TooManyRequests, Problem.Overloaded, Problem.DatabaseUnavailable];

    static readonly Problem[] OfReadingABody =
    [
        Problem.MalformedJson, Problem.MalformedRequest, Problem.RequestTimeout, Problem.BodyTooLarge,
        Problem.UnsupportedMediaType,
    ];

    /// <summary>Declares them for a slice, after everything else that it says of itself.</summary>
    public static void Declare(EndpointDefinition endpoint) =>
        endpoint.Description(slice => slice.Finally(built =>
        {
            foreach (var problem in Of(endpoint, built.Metadata))
                built.Metadata.Add(new Refusal(problem));
        }));

    static Problem[] Of(EndpointDefinition endpoint, IList<object> metadata) =>
    [
        .. metadata.OfType<SignInRequired>().Any() ? OfTheGate : [],
        .. HasBody(metadata) ? OfReadingABody : [],
        .. MayBeInvalid(endpoint) ? [Problem.ValidationFailed] : Array.Empty<Problem>(),
        Problem.InternalError,
    ];

    static bool HasBody(IList<object> metadata) =>
        metadata.OfType<IAcceptsMetadata>().LastOrDefault() is { } accepted
        && !accepted.ContentTypes.Contains("*/*");

    /// <summary>Whether there is a rule to break or a value to misspell: any text is a valid text.</summary>
    static bool MayBeInvalid(EndpointDefinition endpoint) =>
        endpoint.ValidatorType is not null
        || endpoint.ReqDtoType.GetProperties(BindingFlags.Instance | BindingFlags.Public)
            .Any(property => property.PropertyType != typeof(string));
}
