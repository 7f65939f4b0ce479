using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Bank.Infrastructure.Ledger;

/// <summary>
/// Names the default currency for every amount in a request that names none, as the request is read. So the
/// amount is validated, fingerprinted and posted as if the caller had named it, and a later default changes
/// the meaning of no amount.
/// </summary>
static class DefaultCurrency
{
    /// <summary>Adds this to the reading of requests.</summary>
    /// <param name="json">How requests are read.</param>
    /// <param name="code">The code of the default currency; null for none.</param>
    public static void Apply(JsonSerializerOptions json, string? code)
    {
        if (code is not null)
            json.TypeInfoResolver = json.TypeInfoResolver!.WithAddedModifier(type => Apply(type, code));
    }

    static void Apply(JsonTypeInfo type, string code)
    {
        var amount = type.Properties.FirstOrDefault(member => member.Name == "amount");
        var currency = type.Properties.FirstOrDefault(member => member.Name == "currency");

        if (amount is { Get: { } amountOf } && currency is { Get: { } currencyOf, Set: { } setCurrency })
            type.OnDeserialized = body =>
            {
                if (amountOf(body) is not null && currencyOf(body) is null)
                    setCurrency(body, code);
            };
    }
}
