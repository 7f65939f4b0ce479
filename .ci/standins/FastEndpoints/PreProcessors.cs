namespace FastEndpoints;

public interface IPreProcessor
{
    Task PreProcessAsync(IPreProcessorContext context, CancellationToken ct);
}

public interface IGlobalPreProcessor : IPreProcessor;

public interface IPreProcessorContext
{
    object? Request { get; }
    HttpContext HttpContext { get; }
    List<ValidationFailure> ValidationFailures { get; }
    sealed bool HasValidationFailures => ValidationFailures.Count > 0;
}

sealed record PreProcessorContext(object? Request, HttpContext HttpContext, List<ValidationFailure> ValidationFailures)
    : IPreProcessorContext;
