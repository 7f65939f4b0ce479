namespace FastEndpoints;

/// <summary>What an endpoint's Configure() and the global configurator have said about it.</summary>
public sealed class EndpointDefinition(Type endpointType, Type requestDtoType, Type responseDtoType)
{
    public Type EndpointType { get; init; } = endpointType;
    public Type ReqDtoType { get; init; } = requestDtoType;
    public Type ResDtoType { get; init; } = responseDtoType;
    public string[] Routes { get; internal set; } = [];
    public string[]? AnonymousVerbs { get; private set; }
    public EndpointSummary? EndpointSummary { get; private set; }
    public Type? ValidatorType { get; internal init; }

    internal ObjectFactory CreateEndpoint { get; } = ActivatorUtilities.CreateFactory(endpointType, []);
    internal string Verb { get; set; } = "";
    internal List<IPreProcessor> PreProcessorList { get; } = [];
    internal Action<RouteHandlerBuilder>? UserConfigAction { get; private set; }
    internal object? RequestBinder { get; set; }
    internal IValidator? ValidatorInstance =>
        field ??= ValidatorType is null ? null : (IValidator)Singletons.Get(ValidatorType);

    int preProcessorsBefore;

    public void AllowAnonymous(params Http[] verbs) =>
        AnonymousVerbs = verbs.Length > 0 ? [.. verbs.Select(v => v.ToString())] : Enum.GetNames<Http>();

    public void Description(Action<RouteHandlerBuilder> builder) => UserConfigAction = builder + UserConfigAction;

    public void Summary<TRequest>(Action<EndpointSummary<TRequest>> endpointSummary) where TRequest : notnull
    {
        var summary = EndpointSummary as EndpointSummary<TRequest> ?? new();
        endpointSummary(summary);
        EndpointSummary = summary;
    }

    public void PreProcessor<TPreProcessor>(Order order) where TPreProcessor : class, IGlobalPreProcessor
    {
        if (PreProcessorList.Any(p => p is TPreProcessor))
            return;

        var preProcessor = (IPreProcessor)Singletons.Get(typeof(TPreProcessor));
        if (order == Order.Before)
            PreProcessorList.Insert(preProcessorsBefore++, preProcessor);
        else
            PreProcessorList.Add(preProcessor);
    }
}

public class EndpointSummary
{
    public object? ExampleRequest { get; set; }
    public Dictionary<int, string> Responses { get; set; } = [];
    public List<ResponseHeader> ResponseHeaders { get; set; } = [];
}

public class EndpointSummary<TRequest> : EndpointSummary where TRequest : notnull
{
    public new TRequest? ExampleRequest
    {
        get => (TRequest?)base.ExampleRequest;
        set => base.ExampleRequest = value;
    }
}

public sealed class ResponseHeader(int statusCode, string headerName)
{
    internal int StatusCode => statusCode;
    internal string HeaderName => headerName;
    public string? Description { internal get; set; }
    public object? Example { internal get; set; }
}

sealed class DefaultProducesResponseMetadata(Type type, int statusCode, string[] contentTypes)
    : IProducesResponseTypeMetadata
{
    public Type? Type => type;
    public int StatusCode => statusCode;
    public IEnumerable<string> ContentTypes => contentTypes;
}
