using System.Diagnostics.CodeAnalysis;
using System.Security.Claims;
using System.Text.Json;

namespace FastEndpoints;

public interface IEndpoint : IResponseSender;

public sealed class EmptyRequest
{
    EmptyRequest() { }
    public static EmptyRequest Instance { get; } = new();
}

public sealed class ValidationFailureException(IEnumerable<ValidationFailure> failures, string message)
    : Exception($"{message} - {failures.FirstOrDefault()?.ErrorMessage}");

/// <summary>Found by itself and made once.</summary>
public abstract class Validator<TRequest> : AbstractValidator<TRequest>, IEndpointValidator where TRequest : notnull;

interface IEndpointValidator;

public abstract class BaseEndpoint : IEndpoint
{
    public EndpointDefinition Definition { get; internal set; } = null!;
    public HttpContext HttpContext { get; internal set; } = null!;
    public List<ValidationFailure> ValidationFailures => field ??= [];

    internal abstract Task ExecAsync(CancellationToken ct);

    public virtual void Configure() => throw new NotImplementedException();
}

public abstract class Endpoint<TRequest> : Endpoint<TRequest, object?> where TRequest : notnull;

public abstract class EndpointWithoutRequest : EndpointWithoutRequest<object?>;

public abstract class EndpointWithoutRequest<TResponse> : Endpoint<EmptyRequest, TResponse>
{
    public virtual Task HandleAsync(CancellationToken ct) => throw new NotImplementedException();
    public sealed override Task HandleAsync(EmptyRequest _, CancellationToken ct) => HandleAsync(ct);
}

public abstract class Endpoint<TRequest, TResponse> : BaseEndpoint where TRequest : notnull
{
    public ClaimsPrincipal User => HttpContext.User;
    protected ResponseSender<TRequest, TResponse> Send => new(this);

    bool ResponseStarted => HttpContext.ResponseStarted();

    public virtual Task HandleAsync(TRequest req, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>
    /// Bind, validate, pre-process, handle. What fails in the first two is sent only after the pre-processors ran, and
    /// only if none of them answered: that is how their 401 outranks a 422.
    /// </summary>
    internal override async Task ExecAsync(CancellationToken ct)
    {
        TRequest request = default!;
        var preProcessed = false;

        try
        {
            request = await BindAsync(ct);
            await ValidateAsync(request, ct);
            await PreProcessAsync(request, ct);
            preProcessed = true;

            if (ResponseStarted)
                return;

            await HandleAsync(request, ct);

            if (!ResponseStarted)
                await HttpContext.Response.SendStatusCodeAsync(204, ct);
        }
        catch (JsonException x) when (Config.BndOpts.JsonExceptionTransformer is not null && !ResponseStarted)
        {
            ValidationFailures.Add(Config.BndOpts.JsonExceptionTransformer(x));
            await SendFailuresAsync(Config.BndOpts.JsonExceptionStatusCode, request, preProcessed, ct);
        }
        catch (ValidationFailureException)
        {
            await SendFailuresAsync(Config.ErrOpts.StatusCode, request, preProcessed, ct);
        }
    }

    async Task SendFailuresAsync(int statusCode, TRequest request, bool preProcessed, CancellationToken ct)
    {
        if (!preProcessed)
            await PreProcessAsync(request, ct);
        if (!ResponseStarted)
            await HttpContext.Response.SendErrorsAsync(ValidationFailures, statusCode, ct);
    }

    ValueTask<TRequest> BindAsync(CancellationToken ct)
    {
        var binder = Definition.RequestBinder ??= HttpContext.RequestServices.GetRequiredService<IRequestBinder<TRequest>>();
        return ((IRequestBinder<TRequest>)binder).BindAsync(new(HttpContext, ValidationFailures), ct);
    }

    async Task ValidateAsync(TRequest request, CancellationToken ct)
    {
        if (Definition.ValidatorInstance is not IValidator<TRequest> validator)
            return;

        ValidationFailures.AddRange((await validator.ValidateAsync(request, ct)).Errors);
        if (ValidationFailures.Count > 0)
            throw new ValidationFailureException(ValidationFailures, "Request validation failed");
    }

    async Task PreProcessAsync(TRequest request, CancellationToken ct)
    {
        if (Definition.PreProcessorList.Count == 0)
            return;

        var context = new PreProcessorContext(request, HttpContext, ValidationFailures);
        foreach (var preProcessor in Definition.PreProcessorList)
            await preProcessor.PreProcessAsync(context, ct);
    }

    protected void Get([StringSyntax("Route")] params string[] routePatterns) => Map(Http.GET, routePatterns);
    protected void Post([StringSyntax("Route")] params string[] routePatterns) => Map(Http.POST, routePatterns);
    protected void Put([StringSyntax("Route")] params string[] routePatterns) => Map(Http.PUT, routePatterns);
    protected void Patch([StringSyntax("Route")] params string[] routePatterns) => Map(Http.PATCH, routePatterns);
    protected void Delete([StringSyntax("Route")] params string[] routePatterns) => Map(Http.DELETE, routePatterns);

    void Map(Http verb, string[] routes) => (Definition.Verb, Definition.Routes) = (verb.ToString(), routes);

    protected void AllowAnonymous(params Http[] verbs) => Definition.AllowAnonymous(verbs);
    protected void Description(Action<RouteHandlerBuilder> builder) => Definition.Description(builder);
    protected void Summary(Action<EndpointSummary<TRequest>> endpointSummary) => Definition.Summary(endpointSummary);
}
