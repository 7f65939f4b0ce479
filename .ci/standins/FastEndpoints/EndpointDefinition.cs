using System.Linq.Expressions;

namespace FastEndpoints;

/// <summary>What an endpoint's Configure() and the global configurator have said about it.</summary>
public sealed class EndpointDefinition(Type endpointType, Type requestDtoType, Type responseDtoType)
{
    public Type EndpointType { get; init; } = endpointType;
    public Type ReqDtoType { get; init; } = requestDtoType;
    public Type ResDtoType { get; init; } = responseDtoType;
    public string[] Verbs { get; internal set; } = [];
    public string[] Routes { get; internal set; } = [];
    public string[]? AnonymousVerbs { get; private set; }
    public List<string>? EndpointTags { get; private set; }
    public EndpointSummary? EndpointSummary { get; private set; }
    public object[]? EndpointMetadata { get; private set; }
    public Type? ValidatorType { get; internal set; }
    public bool ThrowIfValidationFails { get; private set; } = true;
    public bool DontAutoTagEndpoints { get; private set; }
    public IEnumerable<IPreProcessor> PreProcessorsList => PreProcessorList;

    internal ObjectFactory CreateEndpoint { get; } = ActivatorUtilities.CreateFactory(endpointType, []);
    internal bool ExecuteAsyncImplemented { get; init; }
    internal bool FoundDuplicateValidators { get; init; }
    internal List<IPreProcessor> PreProcessorList { get; } = [];
    internal Action<RouteHandlerBuilder>? UserConfigAction { get; private set; }
    internal object? RequestBinder { get; set; }
    internal long? MaxRequestSize { get; private set; }
    internal IValidator? ValidatorInstance =>
        field ??= ValidatorType is null ? null : (IValidator)Singletons.Get(ValidatorType);

    int preProcessorsBefore;

    public void AllowAnonymous(params Http[] verbs) =>
        AnonymousVerbs = verbs.Length > 0 ? [.. verbs.Select(v => v.ToString())] : Enum.GetNames<Http>();

    public void Description(Action<RouteHandlerBuilder> builder, bool clearDefaults = false) =>
        UserConfigAction = clearDefaults
            ? (b => b.ClearDefaultAccepts().ClearDefaultProduces()) + builder + UserConfigAction
            : builder + UserConfigAction;

    public void Options(Action<RouteHandlerBuilder> builder) => UserConfigAction = builder + UserConfigAction;
    public void Metadata(params object[] metadata) => EndpointMetadata = [.. EndpointMetadata ?? [], .. metadata];
    public void MaxRequestBodySize(long size) => MaxRequestSize = size;
    public void Tags(params string[] endpointTags) => (EndpointTags ??= []).AddRange(endpointTags);
    public void DontAutoTag() => DontAutoTagEndpoints = true;
    public void DontThrowIfValidationFails() => ThrowIfValidationFails = false;
    public void Validator<TValidator>() where TValidator : IValidator => ValidatorType = typeof(TValidator);
    public void Summary(Action<EndpointSummary> endpointSummary) => endpointSummary(EndpointSummary ??= new());

    public void Summary<TRequest>(Action<EndpointSummary<TRequest>> endpointSummary) where TRequest : notnull
    {
        var summary = EndpointSummary as EndpointSummary<TRequest> ?? new(EndpointSummary);
        endpointSummary(summary);
        EndpointSummary = summary;
    }

    public void PreProcessor<TPreProcessor>(Order order) where TPreProcessor : class, IGlobalPreProcessor =>
        AddPreProcessor(order, (IPreProcessor)Singletons.Get(typeof(TPreProcessor)));

    public void PreProcessors(Order order, params IGlobalPreProcessor[] preProcessors)
    {
        foreach (var preProcessor in preProcessors)
            AddPreProcessor(order, preProcessor);
    }

    internal void AddPreProcessor(Order order, IPreProcessor preProcessor)
    {
        if (PreProcessorList.Any(p => p.GetType() == preProcessor.GetType()))
            return;
        if (order == Order.Before)
            PreProcessorList.Insert(preProcessorsBefore++, preProcessor);
        else
            PreProcessorList.Add(preProcessor);
    }
}

public class EndpointSummary
{
    internal List<DefaultProducesResponseMetadata> ProducesMetas { get; set; } = [];

    public string Summary { get; set; } = null!;
    public string Description { get; set; } = null!;
    public ICollection<RequestExample> RequestExamples { get; protected set; } = new List<RequestExample>();
    public Dictionary<string, string> Params { get; set; } = [];
    public Dictionary<int, string> Responses { get; set; } = [];
    public Dictionary<int, object> ResponseExamples { get; set; } = [];
    public List<ResponseHeader> ResponseHeaders { get; set; } = [];

    public string this[int statusCode]
    {
        get => Responses[statusCode];
        set => Responses[statusCode] = value;
    }

    public object? ExampleRequest
    {
        get => RequestExamples.FirstOrDefault()?.Value;
        set => RequestExamples.Add(new(value ?? throw new ArgumentNullException(nameof(value))));
    }

    public void Response<TResponse>(
        int statusCode = 200, string? description = null, string contentType = "application/json",
        TResponse? example = default)
    {
        ProducesMetas.Add(new(typeof(TResponse), statusCode, [contentType]) { Example = example });
        if (description is not null)
            Responses[statusCode] = description;
    }

    public void Response(int statusCode = 200, string? description = null, string? contentType = null)
    {
        ProducesMetas.Add(new(typeof(void), statusCode, contentType is null ? [] : [contentType]));
        if (description is not null)
            Responses[statusCode] = description;
    }
}

public class EndpointSummary<TRequest> : EndpointSummary where TRequest : notnull
{
    public EndpointSummary(EndpointSummary? summary = null)
    {
        if (summary is null)
            return;

        ProducesMetas = summary.ProducesMetas;
        Summary = summary.Summary;
        Description = summary.Description;
        RequestExamples = summary.RequestExamples;
        Params = summary.Params;
        Responses = summary.Responses;
        ResponseExamples = summary.ResponseExamples;
        ResponseHeaders = summary.ResponseHeaders;
    }

    public new TRequest? ExampleRequest
    {
        get => (TRequest?)base.ExampleRequest;
        set => base.ExampleRequest = value;
    }

    public void RequestParam(Expression<Func<TRequest, object?>> property, string description) =>
        Params[property.PropertyName()] = description;
}

public sealed class RequestExample(
    object value, string label = "Example", string? summary = null, string? description = null)
{
    public object Value { get; init; } = value;
    public string Label { get; internal set; } = label;
    public string? Summary { get; init; } = summary;
    public string? Description { get; init; } = description;
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
    public object? Example { get; init; }
}
