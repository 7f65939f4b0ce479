using FluentValidation;

namespace Bank.Infrastructure.Ledger;

/// <summary>What an amount of money in a request must be.</summary>
static class MoneyRules
{
    /// <summary>The largest amount that one command may move.</summary>
    public const decimal LargestAmount = 999_999_999_999.99m;

    /// <summary>
    /// More than 0, at most <see cref="LargestAmount"/>, and in whole cents, if it is there; it is never
    /// rounded.
    /// </summary>
    public static IRuleBuilderOptions<T, decimal?> IsMoney<T>(this IRuleBuilder<T, decimal?> rule) => rule
        .GreaterThan(0).WithMessage("must be greater than 0")
        .LessThanOrEqualTo(LargestAmount).WithMessage("must be at most 999999999999.99")
        .Must(amount => amount is null || decimal.Round(amount.Value, 2) == amount)
        .WithMessage("must have at most two decimals");
}
