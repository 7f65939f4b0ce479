using System.Reflection;
using System.Text;
using Bank.Infrastructure.Auth;

namespace Bank.Tests.Infrastructure.Auth;

public sealed class CredentialCacheTests
{
    const string Password = "a password nobody may find";
    const string Hash = "$2b$04$the.hash.as.it.is.stored";

    const BindingFlags OwnFields =
        BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    static readonly BasicCredentials Ada = new("ada", Password);
    static readonly Caller Caller = new(1, "ada", Hash);

    readonly MovableTime time = new();
    readonly CredentialCache memory;

    public CredentialCacheTests()
    {
        memory = new CredentialCache(
            new PasswordOptions { RememberFor = TimeSpan.FromMinutes(5), RememberUsers = 3 }, time);
        memory.Open();
    }

    [Fact]
    public void Verified_credentials_are_found_in_the_cache()
    {
        Remember(Ada);

        memory.Recall(Ada).ShouldBeSameAs(Caller);
    }

    [Fact]
    public void Unverified_credentials_are_not_in_the_cache()
    {
        memory.Recall(Ada).ShouldBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("a password nobody may fin")]
    [InlineData("a password nobody may find ")]
    [InlineData("A password nobody may find")]
    [InlineData("a password nobody may find\0")]
    public void Cache_misses_another_password_of_the_same_user(string other)
    {
        Remember(Ada);

        memory.Recall(Ada with { Password = other }).ShouldBeNull();
        memory.Recall(Ada).ShouldNotBeNull();
    }

    [Fact]
    public void Cache_misses_the_same_password_of_another_user()
    {
        Remember(Ada);

        memory.Recall(Ada with { Username = "Ada" }).ShouldBeNull();
    }

    [Fact]
    public void Cache_compares_very_long_passwords_completely()
    {
        var longest = Ada with { Password = new string('€', 16_000) };
        Remember(longest);

        memory.Recall(longest).ShouldNotBeNull();
        memory.Recall(longest with { Password = $"{longest.Password[1..]}x" }).ShouldBeNull();
    }

    [Fact]
    public void Cached_credentials_expire_after_the_configured_time()
    {
        Remember(Ada);

        time.Move(TimeSpan.FromMinutes(5) - TimeSpan.FromTicks(1));
        memory.Recall(Ada).ShouldNotBeNull();

        time.Move(TimeSpan.FromTicks(1));
        memory.Recall(Ada).ShouldBeNull();
    }

    [Fact]
    public void Cache_hit_does_not_extend_the_expiry()
    {
        Remember(Ada);

        time.Move(TimeSpan.FromMinutes(4));
        memory.Recall(Ada).ShouldNotBeNull();
        time.Move(TimeSpan.FromMinutes(1));

        memory.Recall(Ada).ShouldBeNull();
    }

    [Fact]
    public void Cache_entry_is_renewed_once_and_retried_when_that_fails()
    {
        Remember(Ada);
        memory.IsToBeRenewed("ada").ShouldBeFalse();

        time.Move(TimeSpan.FromMinutes(4));
        memory.IsToBeRenewed("ada").ShouldBeTrue();
        memory.IsToBeRenewed("ada").ShouldBeFalse();

        time.Move(TimeSpan.FromSeconds(6));
        memory.IsToBeRenewed("ada").ShouldBeTrue();
        memory.IsToBeRenewed("ada").ShouldBeFalse();
    }

    [Fact]
    public void Expired_cache_entry_stays_available_until_invalidated()
    {
        Remember(Ada);
        time.Move(TimeSpan.FromDays(1));

        memory.RecallOutdated(Ada).ShouldBeSameAs(Caller);
        memory.RecallOutdated(Ada with { Password = "another" }).ShouldBeNull();

        memory.Forget("ada");
        memory.RecallOutdated(Ada).ShouldBeNull();
    }

    [Fact]
    public void Cache_matches_a_password_in_any_Unicode_form()
    {
        Remember(Ada with { Password = "pass\u00EBword" });

        memory.Recall(Ada with { Password = "passe\u0308word" }).ShouldNotBeNull();
        memory.Recall(Ada with { Password = "password" }).ShouldBeNull();
    }

    [Fact]
    public void Full_cache_admits_no_new_user_until_an_entry_expires()
    {
        var users = Enumerable.Range(1, 4)
            .Select(number => Ada with { Username = $"user-{number}" }).ToArray();

        foreach (var user in users)
            Remember(user);

        users.Count(user => memory.Recall(user) is not null).ShouldBe(3);
        memory.Recall(users[3]).ShouldBeNull();

        time.Move(TimeSpan.FromMinutes(5));
        Remember(users[3]);

        memory.Recall(users[3]).ShouldNotBeNull();
    }

    [Fact]
    public void Full_cache_still_updates_a_cached_user()
    {
        foreach (var name in new[] { "ada", "bob", "cyd" })
            Remember(Ada with { Username = name });

        Remember(Ada with { Password = "a new one" });

        memory.Recall(Ada with { Password = "a new one" }).ShouldNotBeNull();
        memory.Recall(Ada).ShouldBeNull();
    }

    [Fact]
    public void Invalidation_removes_only_the_changed_user()
    {
        var bob = Ada with { Username = "bob" };
        Remember(Ada);
        Remember(bob);

        memory.Forget("ada");

        memory.Recall(Ada).ShouldBeNull();
        memory.Recall(bob).ShouldNotBeNull();
    }

    [Fact]
    public void Cache_rejects_credentials_read_before_an_invalidation()
    {
        var epoch = memory.Epoch;

        memory.Forget("ada");
        memory.Remember(Ada, Caller, Hash, epoch);

        memory.Recall(Ada).ShouldBeNull();
    }

    [Fact]
    public void Closed_cache_stores_nothing_and_reopens_empty()
    {
        Remember(Ada);

        memory.Close();
        memory.Recall(Ada).ShouldBeNull();

        Remember(Ada);
        memory.Recall(Ada).ShouldBeNull();

        memory.Open();
        memory.Recall(Ada).ShouldBeNull();

        Remember(Ada);
        memory.Recall(Ada).ShouldNotBeNull();
    }

    [Fact]
    public void Cache_rejects_credentials_read_while_closed()
    {
        memory.Close();
        var epoch = memory.Epoch;
        memory.Open();

        memory.Remember(Ada, Caller, Hash, epoch);

        memory.Recall(Ada).ShouldBeNull();
    }

    [Fact]
    public void Cache_stores_nothing_before_it_is_opened()
    {
        var unheard = new CredentialCache(new PasswordOptions(), time);

        unheard.Remember(Ada, Caller, Hash, unheard.Epoch);

        unheard.Recall(Ada).ShouldBeNull();
    }

    [Fact]
    public void Cache_never_contains_the_plain_password()
    {
        Remember(Ada with { Username = "ada" });
        memory.Recall(Ada).ShouldNotBeNull();

        var held = EverythingIn(memory).ToList();

        held.OfType<string>().ShouldContain(Hash, "the walk does not reach what is remembered");
        held.OfType<string>().ShouldAllBe(text => !text.Contains(Password));
        held.OfType<char[]>().ShouldAllBe(text => !new string(text).Contains(Password));
        held.OfType<byte[]>().ShouldAllBe(bytes => !Holds(bytes, Encoding.UTF8));
        held.OfType<byte[]>().ShouldAllBe(bytes => !Holds(bytes, Encoding.Unicode));
    }

    static bool Holds(byte[] bytes, Encoding encoding) =>
        bytes.AsSpan().IndexOf(encoding.GetBytes(Password)) >= 0;

    /// <summary>Every object that can be reached from one, by its fields and elements.</summary>
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

    void Remember(BasicCredentials credentials) => memory.Remember(credentials, Caller, Hash, memory.Epoch);
}
