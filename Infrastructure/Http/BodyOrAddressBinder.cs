using System.Reflection;
using FastEndpoints;

namespace Bank.Infrastructure.Http;

/// <summary>
/// Takes a request either from its body or from its address, never from both: by default a query parameter
/// would override the body's field of the same name, so that <c>?amount=1</c> changed what a client signed
/// off. A request whose members say [RouteParam] or [QueryParam] is read from the address, any other from the
/// body.
/// </summary>
sealed class BodyOrAddressBinder<TRequest>() : RequestBinder<TRequest>(Sources)
    where TRequest : notnull
{
    static readonly BindingSource Sources = IsAddressed
        ? BindingSource.RouteValues | BindingSource.QueryParams
        : BindingSource.JsonBody | BindingSource.Headers;

    static bool IsAddressed => typeof(TRequest).GetProperties()
        .Any(property => property.IsDefined(typeof(RouteParamAttribute))
            || property.IsDefined(typeof(QueryParamAttribute)));
}
