using System.Reflection;
using System.Text;
using Bank.Infrastructure.Auth;
using Bank.Tests.Harness;

namespace Bank.Tests.Infrastructure.Auth;

public sealed class CredentialCacheTests
{
    const string Password = "a password nobody may find";
    const string Hash = "$2b$04$the.hash.as.it.is.stored";

    static readonly Caller Stored = new(1, "ada", Hash);

    const BindingFlags OwnFields =
        BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    static readonly BasicCredentials Ada = new("ada", Password);
    static readonly Caller Caller = new(1, "ada", Hash);

    readonly SteppedTime time = new();
    readonly CredentialCache cache;

    public CredentialCacheTests()
    {
        cache = new CredentialCache(
            new PasswordOptions { RememberFor = TimeSpan.FromMinutes(5), RememberUsers = 3 }, time);
        cache.Enable();
    }

    [Fact]
    public void Verified_credentials_are_found_in_the_cache()
    {
        Set(Ada);

        cache.TryGet(Ada).ShouldBeSameAs(Caller);
    }

    [Fact]
    public void Unverified_credentials_are_not_in_the_cache()
    {
        cache.TryGet(Ada).ShouldBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("a password nobody may fin")]
    [InlineData("a password nobody may find ")]
    [InlineData("A password nobody may find")]
    [InlineData("a password nobody may find\0")]
    public void Cache_misses_another_password_of_the_same_user(string other)
    {
        Set(Ada);

        cache.TryGet(Ada with { Password = other }).ShouldBeNull();
        cache.TryGet(Ada).ShouldNotBeNull();
    }

    [Fact]
    public void Cache_misses_the_same_password_of_another_user()
    {
        Set(Ada);

        cache.TryGet(Ada with { Username = "Ada" }).ShouldBeNull();
    }

    [Fact]
    public void Cache_compares_very_long_passwords_completely()
    {
        var longest = Ada with { Password = new string('€', 16_000) };
        Set(longest);

        cache.TryGet(longest).ShouldNotBeNull();
        cache.TryGet(longest with { Password = $"{longest.Password[1..]}x" }).ShouldBeNull();
    }

    [Fact]
    public void Cached_credentials_expire_after_the_configured_time()
    {
        Set(Ada);

        time.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromTicks(1));
        cache.TryGet(Ada).ShouldNotBeNull();

        time.Advance(TimeSpan.FromTicks(1));
        cache.TryGet(Ada).ShouldBeNull();
    }

    [Theory]
    [InlineData(10)]
    [InlineData(-10)]
    public void Set_clock_neither_extends_nor_ends_the_expiry(int years)
    {
        Set(Ada);

        time.Ahead = TimeSpan.FromDays(365 * years);
        cache.TryGet(Ada).ShouldNotBeNull();

        time.Advance(TimeSpan.FromMinutes(5));
        cache.TryGet(Ada).ShouldBeNull();
    }

    [Fact]
    public void Cache_hit_does_not_extend_the_expiry()
    {
        Set(Ada);

        time.Advance(TimeSpan.FromMinutes(4));
        cache.TryGet(Ada).ShouldNotBeNull();
        time.Advance(TimeSpan.FromMinutes(1));

        cache.TryGet(Ada).ShouldBeNull();
    }

    [Fact]
    public void Cache_entry_is_renewed_once_and_retried_when_that_fails()
    {
        Set(Ada);
        cache.ShouldRefresh("ada").ShouldBeFalse();

        time.Advance(TimeSpan.FromMinutes(4));
        cache.ShouldRefresh("ada").ShouldBeTrue();
        cache.ShouldRefresh("ada").ShouldBeFalse();

        time.Advance(TimeSpan.FromSeconds(6));
        cache.ShouldRefresh("ada").ShouldBeTrue();
        cache.ShouldRefresh("ada").ShouldBeFalse();
    }

    [Fact]
    public void Expired_cache_entry_stays_available_until_invalidated()
    {
        Set(Ada);
        time.Advance(TimeSpan.FromDays(1));

        cache.TryGetExpired(Ada).ShouldBeSameAs(Caller);
        cache.TryGetExpired(Ada with { Password = "another" }).ShouldBeNull();

        cache.Invalidate("ada");
        cache.TryGetExpired(Ada).ShouldBeNull();
    }

    [Fact]
    public void Cache_matches_a_password_in_any_Unicode_form()
    {
        Set(Ada with { Password = "pass\u00EBword" });

        cache.TryGet(Ada with { Password = "passe\u0308word" }).ShouldNotBeNull();
        cache.TryGet(Ada with { Password = "password" }).ShouldBeNull();
    }

    [Fact]
    public void Full_cache_admits_no_new_user_until_an_entry_expires()
    {
        var users = Enumerable.Range(1, 4)
            .Select(number => Ada with { Username = $"user-{number}" }).ToArray();

        foreach (var user in users)
            Set(user);

        users.Count(user => cache.TryGet(user) is not null).ShouldBe(3);
        cache.TryGet(users[3]).ShouldBeNull();

        time.Advance(TimeSpan.FromMinutes(5));
        Set(users[3]);

        cache.TryGet(users[3]).ShouldNotBeNull();
    }

    [Fact]
    public void Full_cache_still_updates_a_cached_user()
    {
        foreach (var name in new[] { "ada", "bob", "cyd" })
            Set(Ada with { Username = name });

        Set(Ada with { Password = "a new one" });

        cache.TryGet(Ada with { Password = "a new one" }).ShouldNotBeNull();
        cache.TryGet(Ada).ShouldBeNull();
    }

    [Fact]
    public void Invalidation_removes_only_the_changed_user()
    {
        var bob = Ada with { Username = "bob" };
        Set(Ada);
        Set(bob);

        cache.Invalidate("ada");

        cache.TryGet(Ada).ShouldBeNull();
        cache.TryGet(bob).ShouldNotBeNull();
    }

    [Fact]
    public void Cache_rejects_credentials_read_before_an_invalidation()
    {
        var epoch = cache.Epoch;

        cache.Invalidate("ada");
        cache.Set(Ada, Caller, Hash, epoch);

        cache.TryGet(Ada).ShouldBeNull();
    }

    [Fact]
    public void Closed_cache_stores_nothing_and_reopens_empty()
    {
        Set(Ada);

        cache.Disable();
        cache.TryGet(Ada).ShouldBeNull();

        Set(Ada);
        cache.TryGet(Ada).ShouldBeNull();

        cache.Enable();
        cache.TryGet(Ada).ShouldBeNull();

        Set(Ada);
        cache.TryGet(Ada).ShouldNotBeNull();
    }

    [Fact]
    public void Reopened_cache_confirms_credentials_by_the_stored_hash()
    {
        Set(Ada);
        time.Advance(TimeSpan.FromMinutes(4));
        cache.Disable();
        cache.TryConfirm(Ada, Stored, cache.Epoch).ShouldBeTrue();
        cache.TryGet(Ada).ShouldBeNull();
        cache.Enable();

        cache.TryConfirm(Ada with { Password = "another" }, Stored, cache.Epoch).ShouldBeFalse();
        cache.TryConfirm(Ada, new Caller(1, "ada", "another hash"), cache.Epoch).ShouldBeFalse();
        cache.TryGet(Ada).ShouldBeNull();
        cache.TryGetExpired(Ada).ShouldBeNull();
        cache.TryConfirm(Ada, Stored, cache.Epoch).ShouldBeTrue();
        cache.TryGet(Ada).ShouldBeSameAs(Stored, "what else is known of the user may have changed");

        time.Advance(TimeSpan.FromMinutes(1));
        cache.TryGet(Ada).ShouldBeNull();
    }

    [Fact]
    public void Reopened_cache_confirms_nobody_who_expired_or_changed()
    {
        var bob = Ada with { Username = "bob" };
        Set(Ada);
        cache.Disable();
        cache.Invalidate("ada");
        cache.Enable();
        cache.TryConfirm(Ada, Stored, cache.Epoch).ShouldBeFalse();

        Set(bob);
        var epoch = cache.Epoch;
        cache.Disable();
        cache.Enable();
        cache.TryConfirm(bob, Stored, epoch).ShouldBeTrue();
        cache.TryGet(bob).ShouldBeNull("the hash may have changed since it was read");

        time.Advance(TimeSpan.FromMinutes(5));
        cache.TryConfirm(bob, Stored, cache.Epoch).ShouldBeFalse();
    }

    [Fact]
    public void Cache_rejects_credentials_read_while_closed()
    {
        cache.Disable();
        var epoch = cache.Epoch;
        cache.Enable();

        cache.Set(Ada, Caller, Hash, epoch);

        cache.TryGet(Ada).ShouldBeNull();
    }

    [Fact]
    public void Cache_stores_nothing_before_it_is_opened()
    {
        var disabled = new CredentialCache(new PasswordOptions(), time);

        disabled.Set(Ada, Caller, Hash, disabled.Epoch);

        disabled.TryGet(Ada).ShouldBeNull();
    }

    [Fact]
    public void Cache_never_contains_the_plain_password()
    {
        Set(Ada with { Username = "ada" });
        cache.TryGet(Ada).ShouldNotBeNull();

        var reachable = EverythingIn(cache).ToList();

        reachable.OfType<string>().ShouldContain(Hash, "the walk does not reach the cached entries");
        reachable.OfType<string>().ShouldAllBe(text => !text.Contains(Password));
        reachable.OfType<char[]>().ShouldAllBe(text => !new string(text).Contains(Password));
        reachable.OfType<byte[]>().ShouldAllBe(bytes => !Contains(bytes, Encoding.UTF8));
        reachable.OfType<byte[]>().ShouldAllBe(bytes => !Contains(bytes, Encoding.Unicode));
    }

    static bool Contains(byte[] bytes, Encoding encoding) =>
        bytes.AsSpan().IndexOf(encoding.GetBytes(Password)) >= 0;

    /// <summary>Every object that is reachable from the root, by fields and elements.</summary>
    static IEnumerable<object> EverythingIn(object root)
    {
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        var open = new Stack<object>([root]);

        while (open.TryPop(out var found))
        {
            if (found is Type or MemberInfo or Assembly or Pointer || !seen.Add(found))
                continue;

            yield return found;

            foreach (var next in Fields(found).Concat(found is Array array ? array.Cast<object?>() : []))
            {
                if (next is not null && !next.GetType().IsPrimitive)
                    open.Push(next);
            }
        }
    }

    static IEnumerable<object?> Fields(object holder)
    {
        for (var type = holder.GetType(); type is not null; type = type.BaseType)
        {
            foreach (var field in type.GetFields(OwnFields))
            {
                if (!field.FieldType.IsPointer && !field.FieldType.IsByRef)
                    yield return field.GetValue(holder);
            }
        }
    }

    void Set(BasicCredentials credentials) => cache.Set(credentials, Caller, Hash, cache.Epoch);
}
