using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Problems;

namespace Bank.Tests.Infrastructure.Auth;

public sealed class BcryptThreadsTests
{
    [Fact]
    public async Task A_job_answers_what_it_found()
    {
        using var threads = new BcryptThreads(new PasswordOptions());

        (await threads.RunAsync(() => 42)).ShouldBe(42);
    }

    [Fact]
    public async Task A_jobs_fault_reaches_who_asked_and_stops_no_thread()
    {
        using var threads = new BcryptThreads(new PasswordOptions());

        for (var time = 0; time < 2 * BcryptThreads.Count; time++)
            await Should.ThrowAsync<FormatException>(
                () => threads.RunAsync<int>(() => throw new FormatException()));

        (await threads.RunAsync(() => 42)).ShouldBe(42);
    }

    [Fact]
    public async Task As_many_jobs_wait_as_are_configured_and_no_more()
    {
        using var bcrypt = await BcryptByHand.StartAsync(queueCapacity: 2);
        var waiting = Task.WhenAll(bcrypt.Threads.RunAsync(() => 1), bcrypt.Threads.RunAsync(() => 2));

        var refusal = await Should.ThrowAsync<ProblemException>(() => bcrypt.Threads.RunAsync(() => 3));

        refusal.Problem.ShouldBe(Problem.Overloaded);
        refusal.RetryAfter.ShouldBe(TimeSpan.FromSeconds(1));
        (await bcrypt.RunUntilAsync(waiting)).ShouldBe([1, 2]);
        (await bcrypt.RunUntilAsync(bcrypt.Threads.RunAsync(() => 4))).ShouldBe(4);
    }
}
