using Bank.Infrastructure.Configuration;
using Bank.Infrastructure.Hosting;
using Bank.Infrastructure.Ledger;
using Microsoft.AspNetCore.Http.Json;

namespace Bank.Features.Accounts;

/// <summary>Registers the options of accounts, and what is meant where no currency is said.</summary>
sealed class AccountFeature : IFeature
{
    public void AddServices(IServiceCollection services) => services
        .AddSettings<AccountOptions>()
        .AddSettings<AccountCurrencyOptions>()
        .AddOptions<JsonOptions>()
        .PostConfigure<AccountCurrencyOptions>((json, currencies) =>
            DefaultCurrency.Apply(json.SerializerOptions, currencies.Code));
}
