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

    [Fact]
    public async Task Known_customers_go_first_and_strangers_have_every_fourth_turn()
    {
        using var bcrypt = await BcryptByHand.StartAsync();
        var order = new List<string>();

        for (var job = 0; job < 3; job++)
            _ = bcrypt.Threads.RunAsync(() => Note("stranger"));

        for (var job = 0; job < 6; job++)
            _ = bcrypt.Threads.RunAsync(() => Note("known"), isKnown: true);

        for (var job = 0; job < 9; job++)
            bcrypt.RunNext();

        order.ShouldBe(
            ["known", "known", "known", "stranger", "known", "known", "known", "stranger", "stranger"]);

        int Note(string who)
        {
            order.Add(who);
            return order.Count;
        }
    }

    [Fact]
    public async Task Strangers_and_known_customers_keep_each_other_out_of_no_place()
    {
        using var bcrypt = await BcryptByHand.StartAsync(queueCapacity: 1);

        _ = bcrypt.Threads.TryRun(() => 1, isKnown: false).ShouldNotBeNull();
        bcrypt.Threads.TryRun(() => 2, isKnown: false).ShouldBeNull();
        _ = bcrypt.Threads.TryRun(() => 3, isKnown: true).ShouldNotBeNull();
        bcrypt.Threads.TryRun(() => 4, isKnown: true).ShouldBeNull();
    }

    [Fact]
    public async Task What_waits_when_the_threads_are_to_end_is_still_run()
    {
        using var bcrypt = await BcryptByHand.StartAsync();
        var waiting = bcrypt.Threads.RunAsync(() => 42);

        bcrypt.Dispose();

        (await waiting.WaitAsync(TimeSpan.FromSeconds(20))).ShouldBe(42);
    }
}
