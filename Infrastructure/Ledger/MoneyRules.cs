using System.Globalization;
using Bank.Infrastructure.Data;
using FluentValidation;
using FluentValidation.Validators;

namespace Bank.Infrastructure.Ledger;

/// <summary>The rules of an amount of money in a request, and of its currency.</summary>
static class MoneyRules
{
    /// <summary>
    /// Greater than 0, and no larger and with no more decimals than its currency allows; null passes. It is
    /// never rounded. In an unknown currency only the first rule applies.
    /// </summary>
    /// <param name="rule">The rule to extend.</param>
    /// <param name="currency">The code of the currency; null for none.</param>
    public static IRuleBuilderOptions<T, decimal?> IsMoney<T>(
        this IRuleBuilder<T, decimal?> rule, Func<T, string?> currency) => rule
        .GreaterThan(0).WithMessage("must be greater than 0")
        .SetValidator(new AmountLimit<T>(currency))
        .Must((request, amount) =>
            amount is null || Currencies.Find(currency(request))?.Fits(amount.Value) != false)
        .WithMessage(request => DecimalsOf(Currencies.From(currency(request))));

    /// <summary>
    /// Greater than 0, and no larger and with no more decimals than some currency allows; null passes.
    /// </summary>
    public static IRuleBuilderOptions<T, decimal?> IsMoneyInAnyCurrency<T>(
        this IRuleBuilder<T, decimal?> rule) => rule
        .GreaterThan(0).WithMessage("must be greater than 0")
        .LessThanOrEqualTo(MaxAmount).WithMessage($"must be at most {MaxAmount}")
        .Must(amount => amount is null || Finest.Fits(amount.Value))
        .WithMessage($"must have at most {Finest.Decimals} decimals");

    /// <summary>The code of a currency of ISO 4217; null passes.</summary>
    public static IRuleBuilderOptions<T, string?> IsCurrency<T>(this IRuleBuilder<T, string?> rule) =>
        rule.SetValidator(new CurrencyCode<T>());

    /// <summary>The limit of the currency that allows the largest amounts.</summary>
    static decimal MaxAmount { get; } = Currencies.All.Max(currency => currency.MaxAmount);

    /// <summary>A currency with the most decimals.</summary>
    static Currency Finest { get; } = Currencies.All.MaxBy(currency => currency.Decimals)!;

    static string DecimalsOf(Currency currency) => currency switch
    {
        { Code: null } => "must have at most two decimals",
        { Decimals: 0 } => $"must have no decimals in {currency.Code}",
        _ => $"must have at most {currency.Decimals} decimals in {currency.Code}",
    };

    /// <summary>
    /// The API's document states the limit of the currency that allows the largest amounts.
    /// </summary>
    sealed class AmountLimit<T>(Func<T, string?> currency)
        : PropertyValidator<T, decimal?>, IComparisonValidator
    {
        public override string Name => "AmountLimit";

        public Comparison Comparison => Comparison.LessThanOrEqual;

        public System.Reflection.MemberInfo? MemberToCompare => null;

        public object ValueToCompare => MaxAmount;

        public override bool IsValid(ValidationContext<T> context, decimal? amount)
        {
            if (Currencies.Find(currency(context.InstanceToValidate)) is not { } known
                || !(amount > known.MaxAmount))
                return true;

            context.MessageFormatter.AppendArgument("Limit", string.Create(
                CultureInfo.InvariantCulture, $"{known.MaxAmount} {known.Code}").TrimEnd());
            return false;
        }

        protected override string GetDefaultMessageTemplate(string errorCode) => "must be at most {Limit}";
    }

    sealed class CurrencyCode<T> : PropertyValidator<T, string?>, IRegularExpressionValidator
    {
        public override string Name => "CurrencyCode";

        public string Expression => "^[A-Z]{3}$";

        public override bool IsValid(ValidationContext<T> context, string? code) =>
            Currencies.Find(code) is not null;

        protected override string GetDefaultMessageTemplate(string errorCode) =>
            "must be a currency code of ISO 4217, such as EUR";
    }
}
