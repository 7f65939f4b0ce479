using FluentValidation;

namespace Bank.Infrastructure.Ledger;

/// <summary>The rules of an amount of money in a request.</summary>
static class MoneyRules
{
    /// <summary>The largest amount of one command.</summary>
    public const decimal MaxAmount = 999_999_999_999.99m;

    /// <summary>
    /// Greater than 0, at most <see cref="MaxAmount"/> and with at most two decimals; null passes. It is
    /// never rounded.
    /// </summary>
    public static IRuleBuilderOptions<T, decimal?> IsMoney<T>(this IRuleBuilder<T, decimal?> rule) => rule
        .GreaterThan(0).WithMessage("must be greater than 0")
        .LessThanOrEqualTo(MaxAmount).WithMessage("must be at most 999999999999.99")
        .Must(amount => amount is null || decimal.Round(amount.Value, 2) == amount)
        .WithMessage("must have at most two decimals");
}
