using FluentValidation;

namespace Bank.Infrastructure.Http;

/// <summary>Rules for lists.</summary>
static class ListRules
{
    /// <summary>So many elements, if there is a list.</summary>
    public static IRuleBuilderOptions<T, IReadOnlyList<TElement>> HasCount<T, TElement>(
        this IRuleBuilder<T, IReadOnlyList<TElement>> rule, int least, int most) => rule
        .SetValidator(new ListLength<T, TElement>(least, most))
        .WithMessage($"must have {least} to {most} elements");
}
