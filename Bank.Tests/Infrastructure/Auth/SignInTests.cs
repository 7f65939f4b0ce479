using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Problems;
using Bank.Tests.Harness;
using Microsoft.Extensions.DependencyInjection;
using static BCrypt.Net.BCrypt;

namespace Bank.Tests.Infrastructure.Auth;

public sealed class SignInTests(BankServer bank) : IAsyncLifetime
{
    const string Address = "203.0.113.1";
    const int WorkFactor = 4;

    static readonly TimeSpan RememberFor = new PasswordOptions().RememberFor;

    readonly MovableTime time = new();
    readonly LimitOptions unlimited = new() { FailedSignInsPerUser = 0, FailedSignInsPerAddress = 0 };
    CredentialMemory memory = null!;
    BcryptByHand bcrypt = null!;
    Customer customer = null!;

    BasicCredentials Right => new(customer.Username, Customer.Password);

    BasicCredentials Wrong => new(customer.Username, "a wrong one");

    static BasicCredentials Unknown => new(Names.New(), Customer.Password);

    public async ValueTask InitializeAsync()
    {
        bcrypt = await BcryptByHand.StartAsync();
        customer = await bank.RegisterAsync();
        memory = new CredentialMemory(new PasswordOptions(), time);
        memory.Open();
    }

    public ValueTask DisposeAsync()
    {
        bcrypt.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task The_first_sign_in_runs_bcrypt_and_the_next_ones_do_not()
    {
        var signIn = NewSignIn();

        (await CheckAsync(signIn, Right))!.Username.ShouldBe(customer.Username);
        bcrypt.Runs.ShouldBe(1);

        (await CheckAsync(signIn, Right))!.Username.ShouldBe(customer.Username);
        bcrypt.Runs.ShouldBe(1);
    }

    [Fact]
    public async Task Who_keeps_coming_is_verified_again_in_time_and_never_waits_for_it()
    {
        var signIn = NewSignIn();
        await CheckAsync(signIn, Right);
        time.Move(0.9 * RememberFor);

        for (var request = 0; request < 3; request++)
            (await signIn.CheckAsync(Right, Address)).ShouldNotBeNull();

        await bcrypt.RunUntilAsync(BcryptRunsAsync(2));
        time.Move(0.5 * RememberFor);
        await Eventually.TrueAsync(() => memory.Recall(Right) is not null, "it is remembered anew");
        bcrypt.Waiting.ShouldBe(0);
        bcrypt.Runs.ShouldBe(2);
    }

    [Fact]
    public async Task Who_comes_back_after_the_memory_has_ended_is_verified_first()
    {
        var signIn = NewSignIn();
        await CheckAsync(signIn, Right);
        time.Move(RememberFor);

        (await CheckAsync(signIn, Right)).ShouldNotBeNull();

        bcrypt.Runs.ShouldBe(2);
    }

    [Fact]
    public async Task A_wrong_password_runs_bcrypt_every_time()
    {
        var signIn = NewSignIn();

        (await CheckAsync(signIn, Wrong)).ShouldBeNull();
        (await CheckAsync(signIn, Wrong)).ShouldBeNull();

        bcrypt.Runs.ShouldBe(2);
    }

    [Fact]
    public async Task A_wrong_password_is_refused_although_the_right_one_is_remembered()
    {
        var signIn = NewSignIn();
        await CheckAsync(signIn, Right);

        (await CheckAsync(signIn, Wrong)).ShouldBeNull();

        (await CheckAsync(signIn, Right)).ShouldNotBeNull();
        bcrypt.Runs.ShouldBe(2);
    }

    [Fact]
    public async Task An_unknown_user_costs_what_a_wrong_password_costs()
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
    public async Task Equal_sign_ins_at_once_run_bcrypt_once()
    {
        var signIn = NewSignIn();
        var checks = Enumerable.Range(0, 32)
            .Select(_ => signIn.CheckAsync(Right, Address).AsTask()).ToArray();

        var callers = await bcrypt.RunUntilAsync(Task.WhenAll(checks));

        callers.ShouldAllBe(caller => caller!.Username == customer.Username);
        bcrypt.Runs.ShouldBe(1);
    }

    [Fact]
    public async Task Unequal_sign_ins_at_once_do_not_share_an_answer()
    {
        var signIn = NewSignIn();
        var right = signIn.CheckAsync(Right, Address).AsTask();
        var wrong = signIn.CheckAsync(Wrong, Address).AsTask();

        await bcrypt.RunUntilAsync(Task.WhenAll(right, wrong));

        (await right).ShouldNotBeNull();
        (await wrong).ShouldBeNull();
        bcrypt.Runs.ShouldBe(2);
    }

    [Fact]
    public async Task A_sign_in_that_was_refused_for_too_many_is_taken_up_again()
    {
        using var full = await BcryptByHand.StartAsync(queueCapacity: 1);
        var signIn = NewSignIn(full);
        var other = full.Threads.RunAsync(() => true);

        var refusal = await Should.ThrowAsync<ProblemException>(
            () => signIn.CheckAsync(Right, Address).AsTask());
        await full.RunUntilAsync(other);
        var caller = await full.RunUntilAsync(signIn.CheckAsync(Right, Address).AsTask());

        refusal.Problem.ShouldBe(Problem.Overloaded);
        caller.ShouldNotBeNull();
    }

    [Fact]
    public async Task Who_waits_for_bcrypt_holds_no_connection_to_the_database()
    {
        using var many = await BcryptByHand.StartAsync(queueCapacity: 1000);
        var signIn = NewSignIn(many);
        var checks = Enumerable.Range(0, 150)
            .Select(_ => signIn.CheckAsync(Unknown, Address).AsTask()).ToArray();

        await Eventually.TrueAsync(() => many.Waiting == checks.Length, "all of them wait");
        using var other = await customer.Http.GetAsync("/auth/me");
        await many.RunUntilAsync(Task.WhenAll(checks));

        other.IsSuccessStatusCode.ShouldBeTrue();
    }

    [Fact]
    public async Task A_password_that_changes_while_it_is_verified_is_not_remembered()
    {
        var signIn = NewSignIn();
        var check = signIn.CheckAsync(Right, Address).AsTask();
        await Eventually.TrueAsync(() => bcrypt.Waiting == 1, "the hash is read");

        memory.Forget(customer.Username);
        await bcrypt.RunUntilAsync(check);
        await CheckAsync(signIn, Right);

        bcrypt.Runs.ShouldBe(2);
    }

    [Fact]
    public async Task A_hash_that_is_too_cheap_is_replaced()
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
    public async Task A_wrong_password_replaces_no_hash()
    {
        var before = await HashAsync();

        (await CheckAsync(NewSignIn(workFactor: WorkFactor + 1), Wrong)).ShouldBeNull();

        (await HashAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task A_password_that_changes_while_its_hash_is_replaced_stays_changed()
    {
        var changed = EnhancedHashPassword("a new one", WorkFactor);
        var check = NewSignIn(workFactor: WorkFactor + 1).CheckAsync(Right, Address).AsTask();
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
    public async Task Nobody_signs_in_with_what_is_no_hash(string stored)
    {
        await bank.Database.ExecuteAsync(
            "UPDATE users SET password_hash = $2 WHERE username = $1", customer.Username, stored);

        (await CheckAsync(NewSignIn(), Right)).ShouldBeNull();
        (await CheckAsync(NewSignIn(), Right with { Password = stored })).ShouldBeNull();
        (await CheckAsync(NewSignIn(), Right with { Password = "" })).ShouldBeNull();
    }

    SignIn NewSignIn(int workFactor = WorkFactor) => NewSignIn(bcrypt, workFactor);

    SignIn NewSignIn(BcryptByHand threads, int workFactor = WorkFactor) => new(
        memory,
        new PasswordHashing(threads.Threads, new PasswordOptions { WorkFactor = workFactor }),
        new SignInLimits(unlimited),
        bank.Services.GetRequiredService<IServiceScopeFactory>());

    Task<Caller?> CheckAsync(SignIn signIn, BasicCredentials credentials) =>
        bcrypt.RunUntilAsync(signIn.CheckAsync(credentials, Address).AsTask());

    async Task<int> BcryptRunsAsync(int times)
    {
        await Eventually.TrueAsync(() => bcrypt.Runs == times, $"bcrypt has run {times} times");
        return bcrypt.Runs;
    }

    Task<string> HashAsync() => bank.Database.ScalarAsync<string>(
        "SELECT password_hash FROM users WHERE username = $1", customer.Username);
}
