using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Problems;

namespace Bank.Tests.Infrastructure.Auth;

public sealed class BcryptThreadsTests
{
    [Fact]
    public async Task Bcrypt_job_returns_its_result()
    {
        using var threads = new BcryptThreads(new PasswordOptions());

        (await threads.RunAsync(() => 42)).ShouldBe(42);
    }

    [Fact]
    public async Task Bcrypt_job_failure_reaches_its_caller_and_stops_no_thread()
    {
        using var threads = new BcryptThreads(new PasswordOptions());

        for (var time = 0; time < 2 * BcryptThreads.Count; time++)
            await Should.ThrowAsync<FormatException>(
                () => threads.RunAsync<int>(() => throw new FormatException()));

        (await threads.RunAsync(() => 42)).ShouldBe(42);
    }

    [Fact]
    public async Task Bcrypt_queue_accepts_jobs_up_to_its_configured_capacity()
    {
        using var bcrypt = await ManualBcrypt.StartAsync(queueCapacity: 2);
        var waiting = Task.WhenAll(bcrypt.Threads.RunAsync(() => 1), bcrypt.Threads.RunAsync(() => 2));

        var exception = await Should.ThrowAsync<ProblemException>(() => bcrypt.Threads.RunAsync(() => 3));

        exception.Problem.ShouldBe(Problem.Overloaded);
        exception.RetryAfter.ShouldBe(TimeSpan.FromSeconds(1));
        (await bcrypt.RunUntilAsync(waiting)).ShouldBe([1, 2]);
        (await bcrypt.RunUntilAsync(bcrypt.Threads.RunAsync(() => 4))).ShouldBe(4);
    }

    [Fact]
    public async Task Bcrypt_runs_known_users_first_but_strangers_every_4th_turn()
    {
        using var bcrypt = await ManualBcrypt.StartAsync();
        var order = new List<string>();

        for (var job = 0; job < 3; job++)
            _ = bcrypt.Threads.RunAsync(() => Add("stranger"));

        for (var job = 0; job < 6; job++)
            _ = bcrypt.Threads.RunAsync(() => Add("known"), isKnown: true);

        for (var job = 0; job < 9; job++)
            bcrypt.RunNext();

        order.ShouldBe(
            ["known", "known", "known", "stranger", "known", "known", "known", "stranger", "stranger"]);

        int Add(string caller)
        {
            order.Add(caller);
            return order.Count;
        }
    }

    [Fact]
    public async Task Strangers_and_known_users_have_separate_bcrypt_queues()
    {
        using var bcrypt = await ManualBcrypt.StartAsync(queueCapacity: 1);

        _ = bcrypt.Threads.TryRun(() => 1, isKnown: false).ShouldNotBeNull();
        bcrypt.Threads.TryRun(() => 2, isKnown: false).ShouldBeNull();
        _ = bcrypt.Threads.TryRun(() => 3, isKnown: true).ShouldNotBeNull();
        bcrypt.Threads.TryRun(() => 4, isKnown: true).ShouldBeNull();
    }

    [Fact]
    public async Task Queued_bcrypt_jobs_still_run_after_dispose()
    {
        using var bcrypt = await ManualBcrypt.StartAsync();
        var waiting = bcrypt.Threads.RunAsync(() => 42);

        bcrypt.Dispose();

        (await waiting.WaitAsync(TimeSpan.FromSeconds(20))).ShouldBe(42);
    }
}
