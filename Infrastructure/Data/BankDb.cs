using LinqToDB;
using LinqToDB.Data;
using LinqToDB.Mapping;

namespace Bank.Infrastructure.Data;

/// <summary>
/// One connection to the ledger's database, opened by the first statement and held until disposal. A decimal
/// that is read is money, from a column of cents.
/// </summary>
sealed class BankDb(DataOptions<BankDb> options) : DataConnection(options.Options)
{
    public static MappingSchema Mapping { get; } = MapMoney();

    static MappingSchema MapMoney()
    {
        var schema = new MappingSchema();
        schema.SetConverter<long, decimal>(cents => Cents.ToAmount(cents));

        return schema;
    }
}
