using Bank.Infrastructure.GroupCommit;
using Bank.Tests.Harness;
using FsCheck;
using FsCheck.Fluent;

namespace Bank.Tests.Model;

/// <summary>Whatever is asked, the bank does what a few lines of C# do.</summary>
public sealed class ModelTests(BankServer bank)
{
    [Fact]
    public Task Sequential_operations_match_the_model() =>
        CheckAsync(Operations.UpTo(20), maxTest: 100, async operations =>
        {
            var trial = await BankOnTrial.OpenAsync(bank, new GroupCommitOptions());
            var told = new List<Told>();
            var expected = new List<Answer>();
            var model = BankState.Start;

            foreach (var operation in operations)
            {
                told.Add(await trial.DoAsync(operation));
                var (next, answer) = model.Do(operation);
                model = next;
                expected.Add(answer);
            }

            (await trial.AnswersAsync([.. told])).ShouldBe(expected);
            (await trial.AccountsAsync()).ShouldBe(model.Accounts);
        });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public Task Concurrent_operations_match_the_model_in_some_serial_order(int statementsInFlight) =>
        CheckAsync(Operations.UpTo(12), maxTest: 150, async operations =>
        {
            var trial = await BankOnTrial.OpenAsync(
                bank, new GroupCommitOptions { MaxQueriesInFlight = statementsInFlight });

            var told = await Task.WhenAll(operations.Select(trial.DoAsync).ToArray());

            await ShouldHaveAnOrderAsync(trial, operations, told);
        });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public Task Bulk_operations_match_the_model_in_some_serial_order(int statementsInFlight) =>
        CheckAsync(Operations.UpTo(12), maxTest: 150, async operations =>
        {
            var trial = await BankOnTrial.OpenAsync(
                bank, new GroupCommitOptions { MaxQueriesInFlight = statementsInFlight, MaxGroupSize = 4 });

            var told = await trial.DoInBulkAsync(operations);

            await ShouldHaveAnOrderAsync(trial, operations, told);
        });

    static async Task ShouldHaveAnOrderAsync(BankOnTrial trial, Operation[] operations, Told[] told)
    {
        var answers = await trial.AnswersAsync(told);
        var end = SerialOrder.Find(operations, answers);
        end.ShouldNotBeNull($"no order explains\n{string.Join('\n', operations.Zip(answers))}");
        (await trial.AccountsAsync()).ShouldBe(end.Accounts);
    }

    /// <summary>Checks a property off the test's thread, which FsCheck would hold up.</summary>
    static Task CheckAsync(Arbitrary<Operation[]> some, int maxTest, Func<Operation[], Task> property) =>
        Task.Run(() => Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(maxTest), Prop.ForAll(some, property)));
}
