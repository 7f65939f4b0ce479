using System.Reflection;
using System.Text.Json;
using Bank.Infrastructure.Idempotency;
using FastEndpoints;
using FluentValidation;

namespace Bank.Infrastructure.OpenApi;

/// <summary>
/// An example of a field that is refused with 422: the first one of the request that has a rule, and the
/// reason of that rule.
/// </summary>
sealed record InvalidField(string Name, string Reason)
{
    /// <summary>The example for an endpoint.</summary>
    public static InvalidField Of(EndpointDefinition slice, IServiceProvider services)
    {
        var members = slice.ReqDtoType.GetProperties(BindingFlags.Instance | BindingFlags.Public);
        var validator = slice.ValidatorType is { } type
            ? (IValidator)ActivatorUtilities.CreateInstance(services, type)
            : null;
        var rules = validator?.CreateDescriptor();

        return members.Select(member => Broken(member, rules)).OfType<InvalidField>().FirstOrDefault()
            ?? members.Select(Unreadable).OfType<InvalidField>().FirstOrDefault()
            ?? new InvalidField(IdempotencyRules.Header, IdempotencyRules.Reason);
    }

    static InvalidField? Broken(PropertyInfo member, IValidatorDescriptor? rules) =>
        rules?.GetRulesForMember(NameOf(member)).SelectMany(rule => rule.Components)
            .Select(rule => rule.GetUnformattedErrorMessage())
            .FirstOrDefault(reason => !reason.Contains('{', StringComparison.Ordinal)) is { } reason
            ? new InvalidField(NameOf(member), reason)
            : null;

    /// <summary>A parameter that cannot be read; a member of the body that cannot is a 422 as well.</summary>
    static InvalidField? Unreadable(PropertyInfo member) =>
        member.PropertyType == typeof(string) ? null : new InvalidField(NameOf(member), "has the wrong type");

    static string NameOf(PropertyInfo member) =>
        member.GetCustomAttribute<FromHeaderAttribute>()?.HeaderName
        ?? JsonNamingPolicy.SnakeCaseLower.ConvertName(member.Name);
}
