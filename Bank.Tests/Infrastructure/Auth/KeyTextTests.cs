using System.Security.Cryptography;
using System.Text;
using Bank.Infrastructure.Auth;

namespace Bank.Tests.Infrastructure.Auth;

public sealed class KeyTextTests
{
    /// <summary>CRC-32 of 43 zeros, as zlib computes it: 0x37AB5B9E.</summary>
    const string Intact = "bank_0000000000000000000000000000000000000000000";

    [Fact]
    public void New_keys_differ_and_are_intact()
    {
        string[] keys = [.. Enumerable.Range(0, 1_000).Select(_ => KeyText.Create())];

        keys.ShouldBeUnique();
        keys.ShouldAllBe(key => KeyText.HasForm(key) && KeyText.IsIntact(key));
        keys.ShouldAllBe(key => System.Text.RegularExpressions.Regex.IsMatch(key, "^bank_[0-9A-Za-z]{49}$"));
    }

    [Fact]
    public void Checksum_is_CRC32_in_six_digits_of_base62()
    {
        var key = KeyText.Create();

        key[^6..].ShouldBe(Base62(Crc32(Encoding.ASCII.GetBytes(key[5..48]))));
        KeyText.IsIntact(Intact + Base62(Crc32(Encoding.ASCII.GetBytes(Intact[5..])))).ShouldBeTrue();
        // The check value of CRC-32 in every table of such codes.
        Crc32("123456789"u8.ToArray()).ShouldBe(0xCBF43926);
    }

    [Fact]
    public void Every_typing_error_of_one_character_is_noticed()
    {
        var key = KeyText.Create();

        for (var index = KeyText.Prefix.Length; index < key.Length; index++)
        {
            var mistyped = $"{key[..index]}{(key[index] == 'x' ? 'y' : 'x')}{key[(index + 1)..]}";

            KeyText.HasForm(mistyped).ShouldBeTrue(mistyped);
            KeyText.IsIntact(mistyped).ShouldBeFalse(mistyped);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("bank_")]
    [InlineData("correct horse")]
    [InlineData("BANK_0000000000000000000000000000000000000000000000000")]
    [InlineData("bank_000000000000000000000000000000000000000000000000")]
    [InlineData("bank_00000000000000000000000000000000000000000000000000")]
    [InlineData("bank_00000000000000000000000000000000000000000000000-0")]
    [InlineData("bank_00000000000000000000000000000000000000000000000é0")]
    public void Other_texts_do_not_have_the_form_of_a_key(string text) =>
        KeyText.HasForm(text).ShouldBeFalse();

    [Fact]
    public void Hash_is_SHA256_of_the_whole_text()
    {
        var key = KeyText.Create();

        KeyText.HashOf(key).ShouldBe(
            Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(key))));
    }

    static uint Crc32(byte[] text)
    {
        var rest = uint.MaxValue;

        foreach (var value in text)
        {
            rest ^= value;

            for (var bit = 0; bit < 8; bit++)
                rest = (rest & 1) == 1 ? 0xEDB88320 ^ (rest >> 1) : rest >> 1;
        }

        return ~rest;
    }

    static string Base62(uint number)
    {
        const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        var text = "";

        for (var digit = 0; digit < 6; digit++, number /= 62)
            text = Digits[(int)(number % 62)] + text;

        return text;
    }
}
