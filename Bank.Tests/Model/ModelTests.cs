using Bank.Infrastructure.GroupCommit;
using Bank.Tests.Harness;
using FsCheck;
using FsCheck.Fluent;

namespace Bank.Tests.Model;

/// <summary>Compares the bank with a model of a few lines, under random operations.</summary>
[Trait("Speed", "Slow")]
public sealed class ModelTests(BankServer bank)
{
    [Fact]
    public Task Sequential_operations_match_the_model() =>
        CheckAsync(Operations.UpTo(20), maxTest: 100, async operations =>
        {
            var system = await SystemUnderTest.OpenAsync(bank, new GroupCommitOptions());
            var observed = new List<ObservedResult>();
            var expected = new List<OperationResult>();
            var model = BankState.Start;

            foreach (var operation in operations)
            {
                observed.Add(await system.ExecuteAsync(operation));
                var (next, result) = model.Apply(operation);
                model = next;
                expected.Add(result);
            }

            (await system.ResultsAsync([.. observed])).ShouldBe(expected);
            (await system.AccountsAsync()).ShouldBe(model.Accounts);
        });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public Task Concurrent_operations_match_the_model_in_some_serial_order(int statementsInFlight) =>
        CheckAsync(Operations.UpTo(12), maxTest: 150, async operations =>
        {
            var system = await SystemUnderTest.OpenAsync(
                bank, new GroupCommitOptions { MinQueriesInFlight = statementsInFlight });

            var observed = await Task.WhenAll(operations.Select(system.ExecuteAsync).ToArray());

            await ShouldHaveAnOrderAsync(system, operations, observed);
        });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public Task Bulk_operations_match_the_model_in_some_serial_order(int statementsInFlight) =>
        CheckAsync(Operations.UpTo(12), maxTest: 150, async operations =>
        {
            var system = await SystemUnderTest.OpenAsync(
                bank, new GroupCommitOptions { MinQueriesInFlight = statementsInFlight, MaxGroupSize = 4 });

            var observed = await system.ExecuteInBulkAsync(operations);

            await ShouldHaveAnOrderAsync(system, operations, observed);
        });

    static async Task ShouldHaveAnOrderAsync(
        SystemUnderTest system, Operation[] operations, ObservedResult[] observed)
    {
        var results = await system.ResultsAsync(observed);
        var end = SerialOrder.Find(operations, results);
        end.ShouldNotBeNull($"no order explains\n{string.Join('\n', operations.Zip(results))}");
        (await system.AccountsAsync()).ShouldBe(end.Accounts);
    }

    /// <summary>Checks a property on another thread: FsCheck would block the test's own.</summary>
    static Task CheckAsync(Arbitrary<Operation[]> some, int maxTest, Func<Operation[], Task> property) =>
        Task.Run(() => Check.One(
            PropertyConfig.Quiet.WithMaxTest(maxTest), Prop.ForAll(some, property)));
}
