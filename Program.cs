using Bank.Features;
using Bank.Infrastructure.ApiKeys;
using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Configuration;
using Bank.Infrastructure.Data;
using Bank.Infrastructure.GroupCommit;
using Bank.Infrastructure.Hosting;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.Idempotency;
using Bank.Infrastructure.OpenApi;
using Bank.Infrastructure.Progress;
using Bank.Infrastructure.Telemetry;
using Bank.Infrastructure.Tokens;
using Bank.Infrastructure.Verification;
using Bank.Migrations;

if (CommandLine.Information(args) is { } information)
{
    Console.WriteLine(information);
    return 0;
}

try
{
    CommandLine.Check(args);

    if (args is [HealthCheck.Argument, .. var settings])
        return await HealthCheck.RunAsync(settings);

    var builder = WebApplication.CreateBuilder(
        new WebApplicationOptions { Args = args, ContentRootPath = ContentRoot.Find(args) });
    builder.Configuration.CheckSettings();
    await using var database = await BankDatabase.FindAsync(builder);

    if (args is [LedgerVerifier.Argument, ..])
        return await LedgerVerifier.RunAsync(
            database.ConnectionString, Console.Out, ProgressLine.OnConsole());

    if (args is [OperatorCommand.Argument, ..])
        return await new OperatorCommand(
            database.OwnerConnectionString ?? database.ConnectionString,
            builder.Configuration.GetValue("Passwords:WorkFactor", new PasswordOptions().WorkFactor),
            Console.Out).RunAsync(args);

    builder.AddTelemetry().Services
        .AddDatabase(database.ConnectionString, database.OwnerConnectionString, Grants.CreateStatements)
        .AddTokens()
        .AddAuth()
        .AddKeySignIn()
        .AddLedger()
        .AddFeatures()
        .AddApi()
        .AddApiDocument(Introduction.Text, Introduction.Features)
        .AddServing();

    var app = builder.Build();
    app.UseServing()
        .UseTokens()
        .UseApi(BasicAuthentication.Gate, IdempotencyRules.Apply, CommonProblems.Declare)
        .UseApiDocument();
    await app.ServeAsync(database);

    return 0;
}
catch (InvalidDataException unreadable)
{
    var (place, cause) = (unreadable.Message, unreadable.GetBaseException().Message);
    await Console.Error.WriteLineAsync($"{place} {cause}");
    return 1;
}
catch (StartupException failure)
{
    await Console.Error.WriteLineAsync(failure.Message);
    return args is [LedgerVerifier.Argument, ..] ? LedgerVerifier.ExitCodeError : 1;
}
