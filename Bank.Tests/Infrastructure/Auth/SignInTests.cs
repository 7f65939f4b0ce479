using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Connections;
using Bank.Infrastructure.Problems;
using Bank.Tests.Harness;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using static BCrypt.Net.BCrypt;

namespace Bank.Tests.Infrastructure.Auth;

public sealed class SignInTests(BankServer bank) : IAsyncLifetime
{
    const int WorkFactor = 4;

    /// <summary>More passwords of one user than may be at bcrypt.</summary>
    const int Many = 12;

    /// <summary>How long bcrypt may take before a hash is stored.</summary>
    static readonly TimeSpan MaxBcrypt = 0.8 * new DatabaseOptions().CommitTimeout;

    static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(5);

    static readonly int QueueCapacity = new PasswordOptions().QueueCapacity;

    static readonly SignInOrigin Home = new("203.0.113.1", "a connection");

    static readonly TimeSpan RememberFor = new PasswordOptions().RememberFor;

    readonly FakeTimeProvider time = new();
    readonly RateLimitOptions unlimited = new() { FailedSignInsPerUser = 0, FailedSignInsPerAddress = 0 };
    CredentialCache cache = null!;
    ManualBcrypt bcrypt = null!;
    Customer customer = null!;

    BasicCredentials Right => new(customer.Username, Customer.Password);

    BasicCredentials Wrong => new(customer.Username, "a wrong one");

    static BasicCredentials Unknown => new(Names.New(), Customer.Password);

    public async ValueTask InitializeAsync()
    {
        bcrypt = await ManualBcrypt.StartAsync();
        customer = await bank.RegisterAsync();
        cache = new CredentialCache(new PasswordOptions(), time);
        cache.Enable();
    }

    public ValueTask DisposeAsync()
    {
        bcrypt.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task First_sign_in_runs_bcrypt_and_later_ones_use_the_cache()
    {
        var signIn = NewSignIn();

        (await CheckAsync(signIn, Right))!.Username.ShouldBe(customer.Username);
        bcrypt.Runs.ShouldBe(1);

        (await CheckAsync(signIn, Right))!.Username.ShouldBe(customer.Username);
        bcrypt.Runs.ShouldBe(1);
    }

    [Fact]
    public async Task Lost_notifications_make_nobody_run_bcrypt_again()
    {
        var signIn = NewSignIn();
        await CheckAsync(signIn, Right);

        cache.Disable();
        (await CheckAsync(signIn, Right)).ShouldNotBeNull();
        cache.Enable();
        (await CheckAsync(signIn, Right)).ShouldNotBeNull();
        bcrypt.Runs.ShouldBe(1);

        cache.Disable();
        await bank.Database.ExecuteAsync(
            "UPDATE users SET password_hash = $2 WHERE username = $1", customer.Username,
            EnhancedHashPassword("another", WorkFactor));
        cache.Enable();
        (await CheckAsync(signIn, Right)).ShouldBeNull();
        bcrypt.Runs.ShouldBe(2);
    }

    [Fact]
    public async Task Active_user_is_reverified_in_the_background()
    {
        var signIn = NewSignIn();
        await CheckAsync(signIn, Right);
        time.Advance(0.9 * RememberFor);

        for (var request = 0; request < 3; request++)
            (await signIn.CheckAsync(Right, Home)).ShouldNotBeNull();

        await bcrypt.RunUntilAsync(BcryptRunsAsync(2));
        time.Advance(0.5 * RememberFor);
        await Eventually.TrueAsync(() => cache.TryGet(Right) is not null, "the entry is refreshed");
        bcrypt.Waiting.ShouldBe(0);
        bcrypt.Runs.ShouldBe(2);
    }

    [Fact]
    public async Task User_returning_after_cache_expiry_is_verified_first()
    {
        var signIn = NewSignIn();
        await CheckAsync(signIn, Right);
        time.Advance(RememberFor);

        (await CheckAsync(signIn, Right)).ShouldNotBeNull();

        bcrypt.Runs.ShouldBe(2);
    }

    [Fact]
    public async Task Each_wrong_password_runs_bcrypt_once()
    {
        var signIn = NewSignIn();

        (await CheckAsync(signIn, Wrong)).ShouldBeNull();
        (await CheckAsync(signIn, Wrong)).ShouldBeNull();
        (await CheckAsync(signIn, Wrong with { Password = "another one" })).ShouldBeNull();

        bcrypt.Runs.ShouldBe(2);
    }

    [Fact]
    public async Task Wrong_password_is_verified_again_once_the_stored_one_changed()
    {
        var signIn = NewSignIn();
        (await CheckAsync(signIn, Wrong)).ShouldBeNull();

        await bank.Database.ExecuteAsync(
            "UPDATE users SET password_hash = $2 WHERE username = $1", customer.Username,
            EnhancedHashPassword(Wrong.Password, WorkFactor));

        (await CheckAsync(signIn, Wrong)).ShouldNotBeNull();
    }

    [Fact]
    public async Task Unknown_user_can_sign_in_right_after_the_registration()
    {
        var signIn = NewSignIn();
        var newcomer = Unknown;
        (await CheckAsync(signIn, newcomer)).ShouldBeNull();

        await bank.Database.ExecuteAsync(
            "INSERT INTO users (username, password_hash) VALUES ($1, $2)", newcomer.Username,
            EnhancedHashPassword(newcomer.Password, WorkFactor));

        (await CheckAsync(signIn, newcomer)).ShouldNotBeNull();
    }

    [Fact]
    public async Task Wrong_password_is_refused_while_the_right_one_is_cached()
    {
        var signIn = NewSignIn();
        await CheckAsync(signIn, Right);

        (await CheckAsync(signIn, Wrong)).ShouldBeNull();

        (await CheckAsync(signIn, Right)).ShouldNotBeNull();
        bcrypt.Runs.ShouldBe(2);
    }

    [Fact]
    public async Task Unknown_user_runs_bcrypt_as_often_as_a_wrong_password()
    {
        var signIn = NewSignIn();

        (await CheckAsync(signIn, Wrong)).ShouldBeNull();
        var wrong = bcrypt.Runs;
        (await CheckAsync(signIn, Unknown)).ShouldBeNull();
        var unknown = bcrypt.Runs - wrong;

        wrong.ShouldBe(1);
        unknown.ShouldBe(1);
    }

    [Fact]
    public async Task Concurrent_equal_sign_ins_run_bcrypt_once()
    {
        var signIn = NewSignIn();
        var checks = Enumerable.Range(0, 32)
            .Select(_ => signIn.CheckAsync(Right, Home).AsTask()).ToArray();

        var callers = await bcrypt.RunUntilAsync(Task.WhenAll(checks));

        callers.ShouldAllBe(caller => caller!.Username == customer.Username);
        bcrypt.Runs.ShouldBe(1);
    }

    [Fact]
    public async Task Concurrent_sign_ins_with_different_passwords_are_independent()
    {
        var signIn = NewSignIn();
        var right = signIn.CheckAsync(Right, Home).AsTask();
        var wrong = signIn.CheckAsync(Wrong, Home).AsTask();

        await bcrypt.RunUntilAsync(Task.WhenAll(right, wrong));

        (await right).ShouldNotBeNull();
        (await wrong).ShouldBeNull();
        bcrypt.Runs.ShouldBe(2);
    }

    [Fact]
    public async Task Sign_in_refused_as_overloaded_succeeds_on_retry()
    {
        using var full = await ManualBcrypt.StartAsync(queueCapacity: 1);
        var signIn = NewSignIn(full);
        var other = full.Threads.RunAsync(() => true);

        var exception = await Should.ThrowAsync<ProblemException>(
            () => signIn.CheckAsync(Right, Home).AsTask());
        await full.RunUntilAsync(other);
        var caller = await full.RunUntilAsync(signIn.CheckAsync(Right, Home).AsTask());

        exception.Problem.ShouldBe(Problem.Overloaded);
        caller.ShouldNotBeNull();
    }

    [Fact]
    public async Task Known_users_are_verified_before_strangers_after_cache_expiry()
    {
        var signIn = NewSignIn();
        var customers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => bank.RegisterAsync()));
        var known = customers
            .Select(each => new BasicCredentials(each.Username, Customer.Password)).ToArray();

        foreach (var each in known)
            (await CheckAsync(signIn, each)).ShouldNotBeNull();

        time.Advance(RememberFor);
        Fill(isKnown: false);
        var runs = bcrypt.Runs;
        var checks = Task.WhenAll(known.Select(each => signIn.CheckAsync(each, Home).AsTask()));
        await Eventually.TrueAsync(() => bcrypt.Waiting == QueueCapacity + known.Length, "all of them wait");
        await bcrypt.RunUntilAsync(checks);

        (await checks).ShouldAllBe(caller => caller != null);
        (bcrypt.Runs - runs).ShouldBeLessThan(known.Length * 2);
    }

    [Fact]
    public async Task Expired_cache_entry_is_accepted_while_bcrypt_is_overloaded()
    {
        var signIn = NewSignIn();
        await CheckAsync(signIn, Right);
        time.Advance(2 * RememberFor);
        Fill(isKnown: true);

        (await signIn.CheckAsync(Right, Home)).ShouldNotBeNull();
        (await ProblemAsync(signIn, Wrong)).ShouldBe(Problem.Overloaded);

        cache.Invalidate(customer.Username);
        (await ProblemAsync(signIn, Right)).ShouldBe(Problem.Overloaded);
    }

    [Fact]
    public async Task Cache_renewal_is_retried_after_a_full_bcrypt_queue()
    {
        var signIn = NewSignIn();
        await CheckAsync(signIn, Right);
        time.Advance(0.9 * RememberFor);
        Fill(isKnown: true);
        (await signIn.CheckAsync(Right, Home)).ShouldNotBeNull();
        (await ProblemAsync(signIn, Wrong)).ShouldBe(Problem.Overloaded);

        while (bcrypt.Waiting > 0)
            bcrypt.RunNext();

        time.Advance(0.05 * RememberFor);
        (await signIn.CheckAsync(Right, Home)).ShouldNotBeNull();
        await Eventually.TrueAsync(() => bcrypt.Waiting == 1, "the password is verified again");
        bcrypt.RunNext();
        time.Advance(0.5 * RememberFor);

        await Eventually.TrueAsync(() => cache.TryGet(Right) is not null, "the entry is refreshed");
    }

    [Fact]
    public async Task Known_user_past_two_sign_ins_waits_behind_itself()
    {
        var signIn = NewSignIn();
        await CheckAsync(signIn, Right);
        Fill(isKnown: false);

        var guesses = Guess(signIn);
        await Eventually.TrueAsync(() => bcrypt.Waiting == QueueCapacity + 2, "two are at bcrypt");
        time.Advance(MaxWait);
        await Eventually.TrueAsync(() => guesses.Count(guess => guess.IsFaulted) == Many - 2, "others end");

        guesses.Where(guess => guess.IsFaulted).ShouldAllBe(guess => IsTooMany(guess.Exception!));
        bcrypt.Waiting.ShouldBe(QueueCapacity + 2);
        await bcrypt.RunUntilAsync(Task.WhenAll(guesses.Where(guess => !guess.IsFaulted)));
    }

    [Fact]
    public async Task Waiting_sign_ins_of_a_known_user_follow_each_other()
    {
        var signIn = NewSignIn();
        await CheckAsync(signIn, Right);

        var callers = await bcrypt.RunUntilAsync(Task.WhenAll(Guess(signIn)));

        callers.ShouldAllBe(caller => caller == null);
    }

    [Fact]
    public async Task Expired_cache_entry_is_accepted_while_the_user_waits()
    {
        var signIn = NewSignIn();
        await CheckAsync(signIn, Right);
        time.Advance(2 * RememberFor);
        var guesses = Guess(signIn);
        await Eventually.TrueAsync(() => bcrypt.Waiting == 2, "two are at bcrypt");

        var check = signIn.CheckAsync(Right, Home).AsTask();
        time.Advance(MaxWait);

        (await check).ShouldNotBeNull();
        await bcrypt.RunUntilAsync(Burst.SettleAsync(guesses).ContinueWith(_ => true));
    }

    [Fact]
    public async Task Password_changes_of_a_user_run_one_at_a_time()
    {
        var signIn = NewSignIn();
        await CheckAsync(signIn, Right);
        var first = ChangeAsync(signIn);
        await Eventually.TrueAsync(() => bcrypt.Waiting == 1, "one is at bcrypt");

        var second = ChangeAsync(signIn);
        time.Advance(MaxWait);

        (await Should.ThrowAsync<ProblemException>(() => second))
            .Problem.ShouldBe(Problem.TooManyRequests);
        bcrypt.Waiting.ShouldBe(1);
        var third = ChangeAsync(signIn);
        (await bcrypt.RunUntilAsync(Task.WhenAll(first, third))).ShouldBe([true, true]);
    }

    [Fact]
    public async Task Third_password_change_in_a_minute_waits_with_strangers()
    {
        var signIn = NewSignIn();
        await CheckAsync(signIn, Right);
        Fill(isKnown: false);

        for (var change = 0; change < 2; change++)
            (await bcrypt.RunUntilAsync(ChangeAsync(signIn))).ShouldBeTrue();

        Fill(isKnown: false);
        (await Should.ThrowAsync<ProblemException>(() => ChangeAsync(signIn)))
            .Problem.ShouldBe(Problem.Overloaded);
        time.Advance(TimeSpan.FromMinutes(1));
        (await bcrypt.RunUntilAsync(ChangeAsync(signIn))).ShouldBeTrue();
    }

    [Fact]
    public async Task Registration_that_waits_too_long_for_bcrypt_is_refused()
    {
        var hashing = NewSignIn().HashForRegistrationAsync(Customer.Password, Home.Address, default);

        time.Advance(MaxBcrypt);

        (await Should.ThrowAsync<ProblemException>(() => hashing)).Problem.ShouldBe(Problem.Overloaded);
    }

    [Fact]
    public async Task Change_that_waits_too_long_for_bcrypt_changes_nothing()
    {
        var signIn = NewSignIn();
        await CheckAsync(signIn, Right);
        var before = await HashAsync();
        var change = ChangeAsync(signIn);
        await Eventually.TrueAsync(() => bcrypt.Waiting == 1, "it is at bcrypt");

        time.Advance(MaxBcrypt);

        (await Should.ThrowAsync<ProblemException>(() => change)).Problem.ShouldBe(Problem.Overloaded);
        await bcrypt.RunUntilAsync(BcryptRunsAsync(3));
        (await HashAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task Cancelled_password_change_keeps_its_turn_at_bcrypt()
    {
        using var cancellation = new CancellationTokenSource();
        var signIn = NewSignIn();
        await CheckAsync(signIn, Right);
        var cancelled = ChangeAsync(signIn, cancellation.Token);
        await Eventually.TrueAsync(() => bcrypt.Waiting == 1, "it is at bcrypt");

        await cancellation.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => cancelled);
        var next = ChangeAsync(signIn);

        bcrypt.Waiting.ShouldBe(1);
        (await bcrypt.RunUntilAsync(next)).ShouldBeTrue();
    }

    [Fact]
    public async Task Sign_ins_waiting_for_bcrypt_occupy_no_database_connection()
    {
        using var many = await ManualBcrypt.StartAsync(queueCapacity: 1000);
        var signIn = NewSignIn(many);
        var checks = Enumerable.Range(0, 150)
            .Select(_ => signIn.CheckAsync(Unknown, Home).AsTask()).ToArray();

        await Eventually.TrueAsync(() => many.Waiting == checks.Length, "all of them wait");
        using var other = await customer.Http.GetAsync("/auth/me");
        await many.RunUntilAsync(Task.WhenAll(checks));

        other.IsSuccessStatusCode.ShouldBeTrue();
    }

    [Fact]
    public async Task Password_changed_during_verification_is_not_cached()
    {
        var signIn = NewSignIn();
        var check = signIn.CheckAsync(Right, Home).AsTask();
        await Eventually.TrueAsync(() => bcrypt.Waiting == 1, "the hash is read");

        cache.Invalidate(customer.Username);
        await bcrypt.RunUntilAsync(check);
        await CheckAsync(signIn, Right);

        bcrypt.Runs.ShouldBe(2);
    }

    [Fact]
    public async Task Hash_below_the_work_factor_is_replaced_on_sign_in()
    {
        var signIn = NewSignIn(workFactor: WorkFactor + 1);

        (await CheckAsync(signIn, Right)).ShouldNotBeNull();

        var hash = await HashAsync();
        hash.ShouldContain("$05$");
        EnhancedVerify(Customer.Password, hash).ShouldBeTrue();
        (await CheckAsync(signIn, Right)).ShouldNotBeNull();
        (await HashAsync()).ShouldBe(hash);
    }

    [Fact]
    public async Task Unnormalized_password_hash_is_replaced_on_sign_in()
    {
        var signIn = NewSignIn();
        var composed = Right with { Password = "pass\u00EBword" };
        var decomposed = Right with { Password = "passe\u0308word" };
        await bank.Database.ExecuteAsync(
            "UPDATE users SET password_hash = $2 WHERE username = $1",
            customer.Username, EnhancedHashPassword(decomposed.Password, WorkFactor));

        (await CheckAsync(signIn, composed)).ShouldBeNull();
        (await CheckAsync(signIn, decomposed)).ShouldNotBeNull();
        (await CheckAsync(signIn, composed)).ShouldNotBeNull();
        (await CheckAsync(signIn, decomposed)).ShouldNotBeNull();

        EnhancedVerify(composed.Password, await HashAsync()).ShouldBeTrue();
    }

    [Fact]
    public async Task Wrong_password_leaves_the_hash_unchanged()
    {
        var before = await HashAsync();

        (await CheckAsync(NewSignIn(workFactor: WorkFactor + 1), Wrong)).ShouldBeNull();

        (await HashAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task Password_changed_during_rehashing_stays_changed()
    {
        var changed = EnhancedHashPassword("a new one", WorkFactor);
        var check = NewSignIn(workFactor: WorkFactor + 1).CheckAsync(Right, Home).AsTask();
        await Eventually.TrueAsync(() => bcrypt.Waiting == 1, "the hash is read");

        await bank.Database.ExecuteAsync(
            "UPDATE users SET password_hash = $2 WHERE username = $1", customer.Username, changed);
        await bcrypt.RunUntilAsync(check);

        (await HashAsync()).ShouldBe(changed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("correct horse")]
    [InlineData("$2b$04$")]
    [InlineData("$2b$04$short")]
    [InlineData("$2b$99$abcdefghijklmnopqrstuuabcdefghijklmnopqrstuvwxyzabcdefghi")]
    [InlineData("$9z$04$abcdefghijklmnopqrstuuabcdefghijklmnopqrstuvwxyzabcdefghi")]
    public async Task Sign_in_against_an_invalid_stored_hash_is_refused(string stored)
    {
        await bank.Database.ExecuteAsync(
            "UPDATE users SET password_hash = $2 WHERE username = $1", customer.Username, stored);

        (await CheckAsync(NewSignIn(), Right)).ShouldBeNull();
        (await CheckAsync(NewSignIn(), Right with { Password = stored })).ShouldBeNull();
        (await CheckAsync(NewSignIn(), Right with { Password = "" })).ShouldBeNull();
    }

    SignIn NewSignIn(int workFactor = WorkFactor) => NewSignIn(bcrypt, workFactor);

    SignIn NewSignIn(ManualBcrypt threads, int workFactor = WorkFactor) => new(
        cache,
        bank.Services.GetRequiredService<CredentialQuery>(),
        new PasswordHashing(
            threads.Threads, new PasswordOptions { WorkFactor = workFactor }, new DatabaseOptions(),
            bank.Services.GetRequiredService<AuthMetrics>(), time),
        new TrustedOrigins(),
        new RateLimits(unlimited, time),
        new WrongPasswords(),
        new UserChanges([cache]));

    Task<Caller?> CheckAsync(SignIn signIn, BasicCredentials credentials) =>
        bcrypt.RunUntilAsync(signIn.CheckAsync(credentials, Home).AsTask());

    /// <summary>Sends many wrong passwords at a time.</summary>
    Task<Caller?>[] Guess(SignIn signIn) =>
        [.. Enumerable.Range(0, Many).Select(guess =>
            signIn.CheckAsync(Wrong with { Password = $"guess {guess}" }, Home).AsTask())];

    static bool IsTooMany(AggregateException failure) =>
        failure.InnerException is ProblemException { Problem: var problem }
        && problem == Problem.TooManyRequests;

    /// <summary>Changes the password to the same one.</summary>
    Task<bool> ChangeAsync(SignIn signIn, CancellationToken ct = default) =>
        signIn.ChangePasswordAsync(Right, Right.Password, Home, ct);

    /// <summary>Fills the queue of known customers or of strangers with jobs.</summary>
    void Fill(bool isKnown)
    {
        while (bcrypt.Threads.TryRun(() => true, isKnown) is not null)
        {
        }
    }

    static async Task<Problem> ProblemAsync(SignIn signIn, BasicCredentials credentials)
    {
        var exception = await Should.ThrowAsync<ProblemException>(
            () => signIn.CheckAsync(credentials, Home).AsTask());
        return exception.Problem;
    }

    async Task<int> BcryptRunsAsync(int times)
    {
        await Eventually.TrueAsync(() => bcrypt.Runs == times, $"bcrypt has run {times} times");
        return bcrypt.Runs;
    }

    Task<string> HashAsync() => bank.Database.ScalarAsync<string>(
        "SELECT password_hash FROM users WHERE username = $1", customer.Username);
}
