namespace FastEndpoints;

public interface IPreProcessor
{
    Task PreProcessAsync(IPreProcessorContext context, CancellationToken ct);
}

public interface IGlobalPreProcessor : IPreProcessor;

public interface IPreProcessor<in TRequest> : IPreProcessor
{
    Task PreProcessAsync(IPreProcessorContext<TRequest> context, CancellationToken ct);

    Task IPreProcessor.PreProcessAsync(IPreProcessorContext context, CancellationToken ct) =>
        PreProcessAsync((IPreProcessorContext<TRequest>)context, ct);
}

public interface IPreProcessorContext
{
    object? Request { get; }
    HttpContext HttpContext { get; }
    List<ValidationFailure> ValidationFailures { get; }
    sealed bool HasValidationFailures => ValidationFailures.Count > 0;
}

public interface IPreProcessorContext<out TRequest> : IPreProcessorContext
{
    new TRequest? Request { get; }
    object? IPreProcessorContext.Request => Request;
}

public sealed class PreProcessorContext<TRequest> : IPreProcessorContext<TRequest>
{
    internal PreProcessorContext(TRequest? request, HttpContext httpContext, List<ValidationFailure> failures) =>
        (Request, HttpContext, ValidationFailures) = (request, httpContext, failures);

    public TRequest? Request { get; init; }
    public HttpContext HttpContext { get; init; }
    public List<ValidationFailure> ValidationFailures { get; init; }
}
