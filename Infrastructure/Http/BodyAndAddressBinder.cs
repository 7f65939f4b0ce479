using System.Reflection;
using System.Text.Json;
using FastEndpoints;
using FluentValidation.Results;

namespace Bank.Infrastructure.Http;

/// <summary>
/// Binds each member of a request from one source: a member marked [RouteParam], [QueryParam] or [FromHeader]
/// from there, any other from the JSON body. FastEndpoints alone would let a query parameter override the
/// body member of the same name, so that <c>?amount=1</c> changed the amount that a client has signed off.
/// The body of a request without body members is not read.
/// </summary>
sealed class BodyAndAddressBinder<TRequest> : IRequestBinder<TRequest>
    where TRequest : notnull
{
    static readonly PropertyInfo[] Members = typeof(TRequest).GetProperties();

    /// <summary>The names by which an address might set a member that does not come from it.</summary>
    static readonly HashSet<string> HiddenNames = Members
        .Where(member => !member.IsDefined(typeof(DontBindAttribute)))
        .SelectMany(member => new[] { member.Name, JsonNamingPolicy.SnakeCaseLower.ConvertName(member.Name) })
        .ToHashSet(StringComparer.OrdinalIgnoreCase);

    static readonly string[] Headers =
    [
        .. Members.Select(member => member.GetCustomAttribute<FromHeaderAttribute>()?.HeaderName)
            .OfType<string>(),
    ];

    /// <summary>
    /// The optional query parameters for which FastEndpoints would take an empty value as none.
    /// </summary>
    static readonly string[] OptionalParameters =
    [
        .. Members.Where(member => member.IsDefined(typeof(QueryParamAttribute))
                && Nullable.GetUnderlyingType(member.PropertyType) is not null)
            .Select(member => JsonNamingPolicy.SnakeCaseLower.ConvertName(member.Name)),
    ];

    readonly RequestBinder<TRequest> binder = new(
        BindingSource.RouteValues | BindingSource.QueryParams | BindingSource.Headers
        | (Array.TrueForAll(Members, BodyMembers.IsFromElsewhere) ? 0 : BindingSource.JsonBody));

    /// <exception cref="ValidationFailureException">
    /// A value does not have its member's type, or a header occurs twice.
    /// </exception>
    public ValueTask<TRequest> BindAsync(BinderContext context, CancellationToken ct)
    {
        var request = context.HttpContext.Request;

        foreach (var header in Headers)
        {
            if (request.Headers[header].Count > 1)
                context.ValidationFailures.Add(new ValidationFailure(header, "is there twice"));
        }

        foreach (var name in OptionalParameters)
        {
            if (request.Query[name] is [""])
                context.ValidationFailures.Add(new ValidationFailure(name, "is empty"));
        }

        HideOtherMembers(request);

        return binder.BindAsync(context, ct);
    }

    /// <summary>Removes from the address the values that would set members of another source.</summary>
    static void HideOtherMembers(HttpRequest request)
    {
        foreach (var name in request.RouteValues.Keys.Where(HiddenNames.Contains).ToArray())
            request.RouteValues.Remove(name);

        if (request.Query.Keys.Any(HiddenNames.Contains))
            request.Query = new QueryCollection(
                request.Query.Where(value => !HiddenNames.Contains(value.Key)).ToDictionary());
    }
}
