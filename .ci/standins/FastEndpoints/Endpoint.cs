using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace FastEndpoints;

public interface IEndpoint : IResponseSender;

public sealed class EmptyRequest
{
    EmptyRequest() { }
    public static EmptyRequest Instance { get; } = new();
}

public sealed class ValidationFailureException(IEnumerable<ValidationFailure> failures, string message)
    : Exception($"{message} - {failures.FirstOrDefault()?.ErrorMessage}")
{
    public IEnumerable<ValidationFailure>? Failures { get; init; } = failures;
    public int? StatusCode { get; internal init; }
}

/// <summary>Found by itself and made once.</summary>
public abstract class Validator<TRequest> : AbstractValidator<TRequest>, IEndpointValidator where TRequest : notnull;

interface IEndpointValidator;

public abstract class BaseEndpoint : IEndpoint
{
    public EndpointDefinition Definition { get; internal set; } = null!;
    public HttpContext HttpContext { get; internal set; } = null!;
    public List<ValidationFailure> ValidationFailures => field ??= [];

    internal abstract Task ExecAsync(CancellationToken ct);

    [NotImplemented]
    public virtual void Configure() => throw new NotImplementedException();

    public TService Resolve<TService>() where TService : class => HttpContext.Resolve<TService>();
    public TService? TryResolve<TService>() where TService : class => HttpContext.TryResolve<TService>();
}

public abstract class Endpoint<TRequest> : Endpoint<TRequest, object?> where TRequest : notnull;

public abstract class EndpointWithoutRequest : EndpointWithoutRequest<object?>;

public abstract class EndpointWithoutRequest<TResponse> : Endpoint<EmptyRequest, TResponse>
{
    [NotImplemented]
    public virtual Task HandleAsync(CancellationToken ct) => throw new NotImplementedException();

    [NotImplemented]
    public virtual Task<TResponse> ExecuteAsync(CancellationToken ct) => throw new NotImplementedException();

    [NotImplemented]
    public sealed override Task HandleAsync(EmptyRequest _, CancellationToken ct) => HandleAsync(ct);

    [NotImplemented]
    public sealed override Task<TResponse> ExecuteAsync(EmptyRequest _, CancellationToken ct) => ExecuteAsync(ct);
}

public abstract class Endpoint<TRequest, TResponse> : BaseEndpoint where TRequest : notnull
{
    public TResponse Response { get; set; } = default!;
    public ClaimsPrincipal User => HttpContext.User;
    public bool ValidationFailed => ValidationFailures.Count > 0;
    public bool ResponseStarted => HttpContext.ResponseStarted();
    protected ResponseSender<TRequest, TResponse> Send => new(this);

    [NotImplemented]
    public virtual Task HandleAsync(TRequest req, CancellationToken ct) => throw new NotImplementedException();

    [NotImplemented]
    public virtual Task<TResponse> ExecuteAsync(TRequest req, CancellationToken ct) =>
        throw new NotImplementedException();

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

            if (Definition.ExecuteAsyncImplemented)
                Response = await ExecuteAsync(request, ct);
            else
                await HandleAsync(request, ct);

            if (!ResponseStarted)
                await (Response is null
                    ? HttpContext.Response.SendNoContentAsync(ct)
                    : HttpContext.Response.SendAsync(Response, HttpContext.Response.StatusCode, null, ct));
        }
        catch (JsonException x) when (Config.BndOpts.JsonExceptionTransformer is not null && !ResponseStarted)
        {
            ValidationFailures.Add(Config.BndOpts.JsonExceptionTransformer(x));
            await SendFailuresAsync(Config.BndOpts.JsonExceptionStatusCode, request, preProcessed, ct);
        }
        catch (ValidationFailureException x)
        {
            await SendFailuresAsync(x.StatusCode ?? Config.ErrOpts.StatusCode, request, preProcessed, ct);
        }
    }

    async Task SendFailuresAsync(int statusCode, TRequest request, bool preProcessed, CancellationToken ct)
    {
        if (!preProcessed)
            await PreProcessAsync(request, ct);
        if (!ResponseStarted)
            await Send.ErrorsAsync(statusCode, ct);
    }

    ValueTask<TRequest> BindAsync(CancellationToken ct)
    {
        var binder = (IRequestBinder<TRequest>)(Definition.RequestBinder ??= Resolve<IRequestBinder<TRequest>>());

        if (Definition.MaxRequestSize > 0
            && HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
            feature.MaxRequestBodySize = Definition.MaxRequestSize;

        return binder.BindAsync(new(HttpContext, ValidationFailures), ct);
    }

    async Task ValidateAsync(TRequest request, CancellationToken ct)
    {
        if (Definition.ValidatorInstance is not IValidator<TRequest> validator)
            return;

        ValidationFailures.AddRange((await validator.ValidateAsync(request, ct)).Errors);
        if (ValidationFailed && Definition.ThrowIfValidationFails)
            throw new ValidationFailureException(ValidationFailures, "Request validation failed");
    }

    async Task PreProcessAsync(TRequest request, CancellationToken ct)
    {
        if (Definition.PreProcessorList.Count == 0)
            return;

        var context = new PreProcessorContext<TRequest>(request, HttpContext, ValidationFailures);
        foreach (var preProcessor in Definition.PreProcessorList)
            await preProcessor.PreProcessAsync(context, ct);
    }

    protected T? Route<T>([StringSyntax("Route")] string paramName, bool isRequired = true) =>
        Read<T>(
            HttpContext.Request.RouteValues.TryGetValue(paramName, out var value), value?.ToString(), paramName, isRequired,
            "Route parameter was not found!", "Unable to read value of route parameter!");

    protected T? Query<T>(string paramName, bool isRequired = true) =>
        Read<T>(
            HttpContext.Request.Query.TryGetValue(paramName, out var value), value, paramName, isRequired,
            "Query parameter was not found!", "Unable to read value of query parameter!");

    T? Read<T>(bool found, StringValues value, string name, bool isRequired, string missing, string unreadable)
    {
        var result = found ? ValueParsers.For(typeof(T))(value) : default;
        if (result.IsSuccess)
            return (T?)result.Value;
        if (isRequired)
            ValidationFailures.Add(new(name, found ? unreadable : missing));
        ThrowIfAnyErrors();
        return default;
    }

    public void AddError(ValidationFailure failure) => ValidationFailures.Add(failure);

    public void AddError(string message, string? errorCode = null, Severity severity = Severity.Error) =>
        AddError(Failure(Config.ErrOpts.GeneralErrorsField, message, errorCode, severity));

    public void AddError(
        Expression<Func<TRequest, object?>> property, string errorMessage, string? errorCode = null,
        Severity severity = Severity.Error) =>
        AddError(Failure(property.PropertyName(), errorMessage, errorCode, severity));

    static ValidationFailure Failure(string name, string message, string? errorCode, Severity severity) =>
        new(name, message) { ErrorCode = errorCode, Severity = severity };

    [DoesNotReturn]
    public void ThrowError(ValidationFailure failure, int? statusCode = null)
    {
        AddError(failure);
        throw new ValidationFailureException(ValidationFailures, "ThrowError() called!") { StatusCode = statusCode };
    }

    [DoesNotReturn]
    public void ThrowError(string message, int? statusCode = null) =>
        ThrowError(new ValidationFailure(Config.ErrOpts.GeneralErrorsField, message), statusCode);

    [DoesNotReturn]
    public void ThrowError(Expression<Func<TRequest, object?>> property, string errorMessage, int? statusCode = null) =>
        ThrowError(new ValidationFailure(property.PropertyName(), errorMessage), statusCode);

    public void ThrowIfAnyErrors(int? statusCode = null)
    {
        if (ValidationFailed)
            throw new ValidationFailureException(ValidationFailures, "ThrowIfAnyErrors() called")
            {
                StatusCode = statusCode,
            };
    }

    protected void Get([StringSyntax("Route")] params string[] routePatterns) => Map(Http.GET, routePatterns);
    protected void Post([StringSyntax("Route")] params string[] routePatterns) => Map(Http.POST, routePatterns);
    protected void Put([StringSyntax("Route")] params string[] routePatterns) => Map(Http.PUT, routePatterns);
    protected void Patch([StringSyntax("Route")] params string[] routePatterns) => Map(Http.PATCH, routePatterns);
    protected void Delete([StringSyntax("Route")] params string[] routePatterns) => Map(Http.DELETE, routePatterns);

    void Map(Http verb, string[] routes)
    {
        Verbs(verb);
        Routes(routes);
    }

    public void Verbs(params Http[] methods) => Definition.Verbs = [.. methods.Select(m => m.ToString())];
    public void Routes([StringSyntax("Route")] params string[] patterns) => Definition.Routes = patterns;
    public void PreProcessor<TPreProcessor>() where TPreProcessor : class, IPreProcessor<TRequest> =>
        Definition.AddPreProcessor(Order.After, (IPreProcessor)Singletons.Get(typeof(TPreProcessor)));
    protected void AllowAnonymous(params Http[] verbs) => Definition.AllowAnonymous(verbs);
    protected void Description(Action<RouteHandlerBuilder> builder, bool clearDefaults = false) =>
        Definition.Description(builder, clearDefaults);
    protected void DontAutoTag() => Definition.DontAutoTag();
    protected void DontThrowIfValidationFails() => Definition.DontThrowIfValidationFails();
    protected void MaxRequestBodySize(long size) => Definition.MaxRequestBodySize(size);
    protected void Metadata(params object[] metadata) => Definition.Metadata(metadata);
    protected void Options(Action<RouteHandlerBuilder> builder) => Definition.Options(builder);
    protected void RequestBinder(IRequestBinder<TRequest> binder) => Definition.RequestBinder = binder;
    protected void Summary(Action<EndpointSummary> endpointSummary) => Definition.Summary(endpointSummary);
    [System.Runtime.CompilerServices.OverloadResolutionPriority(1)]
    protected void Summary(Action<EndpointSummary<TRequest>> endpointSummary) => Definition.Summary(endpointSummary);
    protected void Tags(params string[] endpointTags) => Definition.Tags(endpointTags);
    protected void Validator<TValidator>() where TValidator : IValidator => Definition.Validator<TValidator>();
}

static class MemberExpressions
{
    /// <summary>The dotted path of a member expression: <c>r => r.Name.First</c> is "Name.First".</summary>
    public static string PropertyName<T>(this Expression<Func<T, object?>> property) =>
        FluentValidation.Internal.PropertyChain.FromExpression(property).ToString();
}
