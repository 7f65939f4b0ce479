using LinqToDB.Mapping;

namespace Bank.Infrastructure.Ledger;

/// <summary>A transaction that turned out to be in the ledger after its connection was lost.</summary>
sealed class Landed
{
    [Column("id")]
    public Guid Id { get; set; }

    [Column("balance")]
    public decimal Balance { get; set; }

    [Column("created_at")]
    public DateTimeOffset CreatedAt { get; set; }
}
