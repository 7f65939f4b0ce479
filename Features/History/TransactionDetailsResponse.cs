using System.Text.Json.Serialization;
using Bank.Infrastructure.Ledger;

namespace Bank.Features.History;

/// <summary>A transaction with its refunds, as the caller sees it.</summary>
sealed record TransactionDetailsResponse : Transaction
{
    public TransactionDetailsResponse()
    {
    }

    public TransactionDetailsResponse(Transaction transaction)
        : base(transaction)
    {
    }

    /// <summary>The total of its refunds so far; absent without any.</summary>
    [JsonPropertyOrder(1)]
    public decimal? Refunded { get; init; }

    /// <summary>The ids of its refunds, latest first, at most 100; absent without any.</summary>
    [JsonPropertyOrder(1)]
    public Guid[]? Refunds { get; init; }

    protected override Transaction Convert(Func<decimal, decimal> convert) =>
        (TransactionDetailsResponse)base.Convert(convert) with
        {
            Refunded = Refunded is { } refunded ? convert(refunded) : null,
        };
}
