using System.Net.Mime;
using System.Net.ServerSentEvents;
using Bank.Infrastructure.Problems;

namespace Bank.Infrastructure.Http;

/// <summary>Declares the responses of an endpoint.</summary>
static class RouteHandlerBuilderExtensions
{
    /// <summary>The successful response.</summary>
    /// <param name="slice">The endpoint.</param>
    /// <param name="status">The status code.</param>
    /// <param name="examples">Its bodies in the story that the document's examples tell, in order.</param>
    public static RouteHandlerBuilder ProducesExample<TResponse>(
        this RouteHandlerBuilder slice, int status, params TResponse[] examples)
        where TResponse : notnull => slice
        .Produces<TResponse>(status)
        .WithMetadata([.. examples.Select(body => new ExampleResponse(body))]);

    /// <summary>The successful response without a body.</summary>
    public static RouteHandlerBuilder ProducesExample(this RouteHandlerBuilder slice, int status) =>
        slice.Produces(status);

    /// <summary>A textual media type, besides JSON, of the same response.</summary>
    /// <param name="slice">The endpoint.</param>
    /// <param name="mediaType">The media type.</param>
    /// <param name="write">Writes an example; null if it would be too long to read.</param>
    public static RouteHandlerBuilder ProducesAlso<TResponse>(
        this RouteHandlerBuilder slice, string mediaType,
        Func<TResponse, Stream, CancellationToken, Task>? write = null) => slice
        .WithMetadata(new AlternativeMediaType(mediaType, write is null
            ? null
            : (body, stream) => write((TResponse)body, stream, CancellationToken.None)));

    /// <summary>The successful response as a stream of server-sent events.</summary>
    /// <param name="slice">The endpoint.</param>
    /// <param name="example">An event of the story.</param>
    public static RouteHandlerBuilder ProducesEvents<TData>(
        this RouteHandlerBuilder slice, SseItem<TData> example)
        where TData : notnull => slice
        .Produces<string>(Status200OK, MediaTypeNames.Text.EventStream)
        .WithMetadata(new ExampleEvent(example.EventType, example.EventId!, example.Data));

    /// <summary>How a client checks the outcome of a change that the database did not confirm.</summary>
    public static RouteHandlerBuilder WithOutcomeHint(this RouteHandlerBuilder slice, string how)
    {
        var unconfirmed = Problem.ChangeUnconfirmedWith(how);
        return slice.WithMetadata(new OutcomeHint(unconfirmed)).ProducesProblems(unconfirmed);
    }

    /// <summary>The problems by which the endpoint may refuse a request.</summary>
    public static RouteHandlerBuilder ProducesProblems(
        this RouteHandlerBuilder slice, params Problem[] problems) =>
        slice.WithMetadata([.. problems.Select(problem => new ProblemMetadata(problem))]);
}

/// <summary>Endpoint metadata: a body of the successful response.</summary>
sealed record ExampleResponse(object Body);

/// <summary>Endpoint metadata: an event that the endpoint sends.</summary>
sealed record ExampleEvent(string Name, string Id, object Data);

/// <summary>Endpoint metadata: another media type of the successful response.</summary>
/// <param name="MediaType">The media type.</param>
/// <param name="Write">Writes a body in it, for an example; null if that is too long to read.</param>
sealed record AlternativeMediaType(string MediaType, Func<object, Stream, Task>? Write);
