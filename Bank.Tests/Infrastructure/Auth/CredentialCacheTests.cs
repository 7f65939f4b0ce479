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
    public void What_was_verified_is_known_again()
    {
        Remember(Ada);

        memory.Recall(Ada).ShouldBeSameAs(Caller);
    }

    [Fact]
    public void What_was_not_verified_is_not_known()
    {
        memory.Recall(Ada).ShouldBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("a password nobody may fin")]
    [InlineData("a password nobody may find ")]
    [InlineData("A password nobody may find")]
    [InlineData("a password nobody may find\0")]
    public void Another_password_of_the_same_user_is_not_known(string other)
    {
        Remember(Ada);

        memory.Recall(Ada with { Password = other }).ShouldBeNull();
        memory.Recall(Ada).ShouldNotBeNull();
    }

    [Fact]
    public void The_same_password_of_another_user_is_not_known()
    {
        Remember(Ada);

        memory.Recall(Ada with { Username = "Ada" }).ShouldBeNull();
    }

    [Fact]
    public void A_password_of_any_length_is_known_again_and_no_other_of_that_length()
    {
        var longest = Ada with { Password = new string('€', 16_000) };
        Remember(longest);

        memory.Recall(longest).ShouldNotBeNull();
        memory.Recall(longest with { Password = $"{longest.Password[1..]}x" }).ShouldBeNull();
    }

    [Fact]
    public void What_was_verified_is_known_for_as_long_as_configured()
    {
        Remember(Ada);

        time.Move(TimeSpan.FromMinutes(5) - TimeSpan.FromTicks(1));
        memory.Recall(Ada).ShouldNotBeNull();

        time.Move(TimeSpan.FromTicks(1));
        memory.Recall(Ada).ShouldBeNull();
    }

    [Fact]
    public void Being_known_again_does_not_make_it_last_longer()
    {
        Remember(Ada);

        time.Move(TimeSpan.FromMinutes(4));
        memory.Recall(Ada).ShouldNotBeNull();
        time.Move(TimeSpan.FromMinutes(1));

        memory.Recall(Ada).ShouldBeNull();
    }

    [Fact]
    public void What_is_known_is_to_be_renewed_once_in_time_and_again_where_that_came_to_nothing()
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
    public void What_was_verified_long_ago_is_known_to_who_asks_for_it_until_it_changes()
    {
        Remember(Ada);
        time.Move(TimeSpan.FromDays(1));

        memory.RecallOutdated(Ada).ShouldBeSameAs(Caller);
        memory.RecallOutdated(Ada with { Password = "another" }).ShouldBeNull();

        memory.Forget("ada");
        memory.RecallOutdated(Ada).ShouldBeNull();
    }

    [Fact]
    public void A_password_is_known_again_in_any_normal_form()
    {
        Remember(Ada with { Password = "pass\u00EBword" });

        memory.Recall(Ada with { Password = "passe\u0308word" }).ShouldNotBeNull();
        memory.Recall(Ada with { Password = "password" }).ShouldBeNull();
    }

    [Fact]
    public void More_users_than_configured_are_not_remembered_until_others_expire()
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
    public void Who_is_remembered_is_remembered_anew_even_when_there_is_no_room()
    {
        foreach (var name in new[] { "ada", "bob", "cyd" })
            Remember(Ada with { Username = name });

        Remember(Ada with { Password = "a new one" });

        memory.Recall(Ada with { Password = "a new one" }).ShouldNotBeNull();
        memory.Recall(Ada).ShouldBeNull();
    }

    [Fact]
    public void A_change_of_a_user_is_forgotten_and_no_one_else()
    {
        var bob = Ada with { Username = "bob" };
        Remember(Ada);
        Remember(bob);

        memory.Forget("ada");

        memory.Recall(Ada).ShouldBeNull();
        memory.Recall(bob).ShouldNotBeNull();
    }

    [Fact]
    public void What_was_read_before_a_change_is_not_remembered_after_it()
    {
        var epoch = memory.Epoch;

        memory.Forget("ada");
        memory.Remember(Ada, Caller, Hash, epoch);

        memory.Recall(Ada).ShouldBeNull();
    }

    [Fact]
    public void Nothing_is_remembered_while_changes_may_go_untold()
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
    public void What_was_read_while_changes_went_untold_is_not_remembered_after_it()
    {
        memory.Close();
        var epoch = memory.Epoch;
        memory.Open();

        memory.Remember(Ada, Caller, Hash, epoch);

        memory.Recall(Ada).ShouldBeNull();
    }

    [Fact]
    public void Nothing_is_remembered_before_changes_are_told_at_all()
    {
        var unheard = new CredentialCache(new PasswordOptions(), time);

        unheard.Remember(Ada, Caller, Hash, unheard.Epoch);

        unheard.Recall(Ada).ShouldBeNull();
    }

    [Fact]
    public void The_password_is_nowhere_in_memory()
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
