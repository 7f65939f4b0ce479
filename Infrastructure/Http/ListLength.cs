using FluentValidation;
using FluentValidation.Validators;

namespace Bank.Infrastructure.Http;

/// <summary>Counts the elements of a list, in a way that the API's document can state as well.</summary>
sealed class ListLength<T, TElement>(int least, int most)
    : PropertyValidator<T, IReadOnlyList<TElement>>, ILengthValidator
{
    public override string Name => "ListLength";

    public int Min => least;

    public int Max => most;

    public override bool IsValid(ValidationContext<T> context, IReadOnlyList<TElement> list) =>
        list is null || (list.Count >= least && list.Count <= most);
}
