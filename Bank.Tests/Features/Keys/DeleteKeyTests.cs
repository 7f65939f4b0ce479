using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Bank.Tests.Harness;

namespace Bank.Tests.Features.Keys;

public sealed class DeleteKeyTests(BankServer bank)
{
    [Fact]
    public async Task Deleted_key_is_refused_at_once_and_others_stay()
    {
        var customer = await bank.RegisterAsync();
        var (id, text) = await customer.CreateKeyAsync();
        var other = customer.WithKey((await customer.CreateKeyAsync()).Text);
        (await customer.WithKey(text).StatusAsync()).ShouldBe(HttpStatusCode.OK);
        (await other.StatusAsync()).ShouldBe(HttpStatusCode.OK);

        using var deleted = await customer.Http.DeleteAsync($"/auth/keys/{id}");

        deleted.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await customer.WithKey(text).StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized);
        (await customer.WithBearer(text).StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized);
        (await other.StatusAsync()).ShouldBe(HttpStatusCode.OK);
        (await customer.StatusAsync()).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Missing_key_and_one_of_another_user_are_a_404()
    {
        var customer = await bank.RegisterAsync();
        var other = await bank.RegisterAsync();
        var (id, text) = await other.CreateKeyAsync();

        foreach (var key in new[] { id, 0, -1, long.MaxValue })
        {
            using var response = await customer.Http.DeleteAsync($"/auth/keys/{key}");
            await response.ShouldBeProblemAsync(HttpStatusCode.NotFound, "key_not_found");
        }

        (await other.WithKey(text).StatusAsync()).ShouldBe(HttpStatusCode.OK);
        (await other.Http.DeleteAsync($"/auth/keys/{id}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await other.Http.DeleteAsync($"/auth/keys/{id}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task All_keys_of_the_user_are_deleted_in_one_call()
    {
        var customer = await bank.RegisterAsync();
        Customer[] programs =
        [
            customer.WithKey((await customer.CreateKeyAsync()).Text),
            customer.WithBearer((await customer.CreateKeyAsync("read")).Text),
        ];
        var other = await bank.RegisterAsync();
        var stranger = other.WithKey((await other.CreateKeyAsync()).Text);
        foreach (var program in programs)
            (await program.StatusAsync()).ShouldBe(HttpStatusCode.OK);

        using var deleted = await customer.Http.DeleteAsync("/auth/keys");
        using var again = await customer.Http.DeleteAsync("/auth/keys");

        deleted.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        again.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        foreach (var program in programs)
            (await program.StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized);
        (await stranger.StatusAsync()).ShouldBe(HttpStatusCode.OK);
        (await customer.Http.GetFromJsonAsync<JsonElement[]>("/auth/keys")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("DELETE FROM keys WHERE id = $1")]
    [InlineData("UPDATE keys SET created_at = now() - interval '2 s', expires_at = now() - interval '1 s' "
        + "WHERE id = $1")]
    [InlineData("UPDATE users SET removed_at = now() WHERE id = (SELECT user_id FROM keys WHERE id = $1)")]
    public async Task Key_ended_by_SQL_is_refused_and_its_stream_ends(string sql)
    {
        var (customer, accounts) = await bank.RegisterAsync(1m);
        var (id, text) = await customer.CreateKeyAsync("read");
        var program = customer.WithKey(text);
        await using var live = await LiveHistoryClient.SubscribeAsync(program, accounts[0]);

        await bank.Database.ExecuteAsync(sql, id);

        await Eventually.TrueAsync(
            async () => await program.StatusAsync() == HttpStatusCode.Unauthorized, "the key is refused");
        (await live.NextAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task Expired_key_is_refused_while_it_is_cached()
    {
        var customer = await bank.RegisterAsync();
        var program = customer.WithKey((await customer.CreateKeyAsync(expires_in: 2)).Text);
        (await program.StatusAsync()).ShouldBe(HttpStatusCode.OK);

        await Eventually.TrueAsync(
            async () => await program.StatusAsync() == HttpStatusCode.Unauthorized, "the key has expired");

        (await customer.StatusAsync()).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Changing_the_password_leaves_keys_and_their_streams()
    {
        var (customer, accounts) = await bank.RegisterAsync(1m);
        var program = customer.WithKey((await customer.CreateKeyAsync()).Text);
        await using var live = await LiveHistoryClient.SubscribeAsync(program, accounts[0]);

        using var changed = await customer.Http.PutAsJsonAsync(
            "/auth/password", new { current_password = Customer.Password, new_password = "another horse" });

        changed.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await program.StatusAsync()).ShouldBe(HttpStatusCode.OK);
        (await program.DepositAsync(accounts[0], 1m)).EnsureSuccessStatusCode().Dispose();
        (await live.SequencesAsync(1)).ShouldBe([2]);
    }

    [Fact]
    public async Task Deleting_the_user_deletes_the_keys()
    {
        var customer = await bank.RegisterAsync();
        var (id, text) = await customer.CreateKeyAsync();
        (await customer.WithBearer(text).StatusAsync()).ShouldBe(HttpStatusCode.OK);

        (await customer.Http.DeleteAsync("/auth/me")).EnsureSuccessStatusCode().Dispose();

        (await customer.WithBearer(text).StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized);
        (await bank.Database.ScalarAsync<long>("SELECT count(*) FROM keys WHERE id = $1", id)).ShouldBe(0);
    }
}
