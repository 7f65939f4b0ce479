using System.ComponentModel.DataAnnotations;
using Bank.Infrastructure.Configuration;
using Bank.Infrastructure.Data;

namespace Bank.Features.Accounts;

/// <summary>What is meant where no currency is said; in the section <c>Accounts</c>.</summary>
[Section("Accounts")]
sealed class AccountCurrencyOptions
{
    /// <summary>
    /// The currency of a new account and of an amount for which the request names none: a code of ISO 4217,
    /// or none.
    /// </summary>
    [CurrencyCodes]
    public string? DefaultCurrency { get; init; }

    /// <summary>The code of the currency; null for none.</summary>
    public string? Code =>
        string.IsNullOrEmpty(DefaultCurrency) ? null : DefaultCurrency.ToUpperInvariant();

    /// <summary>Allows the codes of ISO 4217.</summary>
    sealed class CurrencyCodesAttribute()
        : AllowedValuesAttribute([.. Currencies.All.Select(currency => currency.Code)]);
}
