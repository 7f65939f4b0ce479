using LinqToDB;
using LinqToDB.Data;

namespace Bank.Infrastructure.Data;

/// <summary>
/// One connection to the ledger's database, opened by the first statement and held until disposal.
/// </summary>
sealed class BankDb(DataOptions<BankDb> options) : DataConnection(options.Options);
