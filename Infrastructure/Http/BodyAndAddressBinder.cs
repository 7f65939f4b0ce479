using System.Reflection;
using System.Text.Json;
using FastEndpoints;
using FluentValidation.Results;

namespace Bank.Infrastructure.Http;

/// <summary>
/// Takes each member of a request from one place: what says [RouteParam], [QueryParam] or [FromHeader] from
/// there, and all else from the body. By default a query parameter would override the body's field of the
/// same name, so that <c>?amount=1</c> changed what a client signed off. A request of which nothing is in the
/// body needs none; <see cref="EmptyBodyMiddleware"/> has one for those whose members may all be left out.
/// </summary>
sealed class BodyAndAddressBinder<TRequest> : IRequestBinder<TRequest>
    where TRequest : notnull
{
    static readonly PropertyInfo[] Members = typeof(TRequest).GetProperties();

    static readonly PropertyInfo[] InAddress =
        [.. Members.Where(member => member.IsDefined(typeof(DontBindAttribute)))];

    /// <summary>The names by which an address might mean a member that is in the body.</summary>
    static readonly HashSet<string> InBody = Members.Where(member => !BodyMembers.IsElsewhere(member))
        .SelectMany(member => new[] { member.Name, JsonNamingPolicy.SnakeCaseLower.ConvertName(member.Name) })
        .ToHashSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The headers that members come from.</summary>
    static readonly string[] Headers =
    [
        .. Members.Select(member => member.GetCustomAttribute<FromHeaderAttribute>()?.HeaderName)
            .OfType<string>(),
    ];

    /// <summary>The parameters that may be left out, of which an empty one would count as left out.</summary>
    static readonly string[] OptionalValues =
    [
        .. Members.Where(member => member.IsDefined(typeof(QueryParamAttribute))
                && Nullable.GetUnderlyingType(member.PropertyType) is not null)
            .Select(member => JsonNamingPolicy.SnakeCaseLower.ConvertName(member.Name)),
    ];

    readonly RequestBinder<TRequest> whole =
        new(BindingSource.RouteValues | BindingSource.QueryParams | BindingSource.Headers);

    readonly RequestBinder<TRequest> body = new(BindingSource.JsonBody | BindingSource.Headers);

    readonly RequestBinder<TRequest> address = new(BindingSource.RouteValues | BindingSource.QueryParams);

    /// <exception cref="ValidationFailureException">
    /// A value is none of its member's type, or a header is there twice.
    /// </exception>
    public async ValueTask<TRequest> BindAsync(BinderContext context, CancellationToken ct)
    {
        foreach (var header in Headers)
        {
            if (context.HttpContext.Request.Headers[header].Count > 1)
                context.ValidationFailures.Add(new ValidationFailure(header, "is there twice"));
        }

        foreach (var name in OptionalValues)
        {
            if (context.HttpContext.Request.Query[name] is [""])
                context.ValidationFailures.Add(new ValidationFailure(name, "is empty"));
        }

        if (InBody.Count == 0)
            return await whole.BindAsync(context, ct);

        var request = await body.BindAsync(context, ct);

        if (InAddress.Length == 0)
            return request;

        var addressed = await address.BindAsync(
            context with { HttpContext = AddressOf(context.HttpContext.Request) }, ct);

        foreach (var member in InAddress)
            member.SetValue(request, member.GetValue(addressed));

        return request;
    }

    /// <summary>The same address, but for what would mean members of the body.</summary>
    static DefaultHttpContext AddressOf(HttpRequest request)
    {
        var context = new DefaultHttpContext();
        context.Request.RouteValues = new(request.RouteValues.Where(value => !InBody.Contains(value.Key)));
        context.Request.Query = new QueryCollection(
            request.Query.Where(value => !InBody.Contains(value.Key)).ToDictionary());

        return context;
    }
}
