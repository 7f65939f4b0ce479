using System.Net.Mime;
using System.Net.ServerSentEvents;
using Bank.Infrastructure.Problems;

namespace Bank.Infrastructure.Http;

/// <summary>What a slice declares of its answers, in the words of the contract.</summary>
static class RouteHandlerBuilderExtensions
{
    /// <summary>The answer of a slice that did what was asked.</summary>
    /// <param name="slice">The slice.</param>
    /// <param name="status">The answer's status.</param>
    /// <param name="examples">What it answers in the story that the document's examples tell, in turn.</param>
    public static RouteHandlerBuilder ProducesExample<TResponse>(
        this RouteHandlerBuilder slice, int status, params TResponse[] examples)
        where TResponse : notnull => slice
        .Produces<TResponse>(status)
        .WithMetadata([.. examples.Select(body => new ExampleAnswer(body))]);

    /// <summary>The answer, without a body, of a slice that did what was asked.</summary>
    public static RouteHandlerBuilder ProducesExample(this RouteHandlerBuilder slice, int status) =>
        slice.Produces(status);

    /// <summary>A media type, beside JSON, that the same answer may be written in, as a text.</summary>
    /// <param name="slice">The slice.</param>
    /// <param name="mediaType">The media type.</param>
    /// <param name="write">Writes it, for an example; none where that would be too long to read.</param>
    public static RouteHandlerBuilder ProducesAlso<TResponse>(
        this RouteHandlerBuilder slice, string mediaType,
        Func<TResponse, Stream, CancellationToken, Task>? write = null) => slice
        .WithMetadata(new OtherMediaType(mediaType, write is null
            ? null
            : (answer, text) => write((TResponse)answer, text, CancellationToken.None)));

    /// <summary>The answer of a slice that tells what happens, as server-sent events.</summary>
    /// <param name="slice">The slice.</param>
    /// <param name="example">What it tells in the story.</param>
    public static RouteHandlerBuilder ProducesEvents<TData>(
        this RouteHandlerBuilder slice, SseItem<TData> example)
        where TData : notnull => slice
        .Produces<string>(Status200OK, MediaTypeNames.Text.EventStream)
        .WithMetadata(new ExampleEvent(example.EventType, example.EventId!, example.Data));

    /// <summary>
    /// How to find out what became of a change that the database did not confirm, and that its slice does not
    /// settle by itself.
    /// </summary>
    public static RouteHandlerBuilder WithOutcomeHint(this RouteHandlerBuilder slice, string how)
    {
        var unconfirmed = new UnconfirmedChange(how);
        return slice.WithMetadata(unconfirmed).ProducesProblems(unconfirmed.Problem);
    }

    /// <summary>The business rules that may refuse the request; each has a status and a code.</summary>
    public static RouteHandlerBuilder ProducesProblems(this RouteHandlerBuilder slice, params Problem[] problems) =>
        slice.WithMetadata([.. problems.Select(problem => new Refusal(problem))]);
}
