using Bank.Features;
using Bank.Features.Deposits;
using Bank.Features.Transfers;
using Bank.Features.Withdrawals;
using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Data;
using Bank.Infrastructure.Hosting;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.Ledger;
using Bank.Infrastructure.OpenApi;

var builder = WebApplication.CreateBuilder(args);

try
{
    await using var database = await BankDatabase.FindAsync(builder);

    builder.Services
        .AddDatabase(database.ConnectionString, builder.Section<DatabaseOptions>("Database"))
        .AddAuth(builder.Section<PasswordOptions>("Passwords"), builder.Section<LimitOptions>("Limits"))
        .AddGroupCommit(builder.Section<GroupCommitOptions>("GroupCommit"))
        .AddMoneySlice<DepositCommand, DepositOutcome, DepositQuery>()
        .AddMoneySlice<WithdrawalCommand, WithdrawalOutcome, WithdrawalQuery>()
        .AddMoneySlice<TransferCommand, TransferOutcome, TransferQuery>()
        .AddQueries()
        .AddApi()
        .AddApiDocument(Introduction.Text, Introduction.Features);

    var app = builder.Build();
    app.UseApi(BasicAuthentication.Gate, CommonRefusals.Declare).UseApiDocument();
    await app.ServeAsync(database);

    return 0;
}
catch (StartupException refusal)
{
    await Console.Error.WriteLineAsync(refusal.Message);
    return 1;
}
