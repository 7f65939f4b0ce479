using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Bank.Infrastructure.Http;
using FluentValidation;

namespace Bank.Infrastructure.Auth;

/// <summary>The rules for usernames and passwords.</summary>
static class CredentialRules
{
    const int MaxUsernameLength = 64;
    const int MaxPasswordBytes = 1024;

    /// <summary>
    /// 1 to 64 characters in Unicode normal form C, without control characters and without a colon, which
    /// ends the username in HTTP Basic (RFC 7617, section 2). Not <c>.</c> or <c>..</c>, which cannot end an
    /// address (RFC 3986, section 5.2.4). No invisible characters and none that change the direction of text:
    /// with them two names look the same. Users who have such a name already go on signing in.
    /// </summary>
    public static IRuleBuilderOptions<T, string?> IsUsername<T>(
        this IRuleBuilderInitial<T, string> rule) => rule
        .Cascade(CascadeMode.Stop)
        .IsGiven()
        .Must(name => NormalForm.TryNormalizeUsername(name, out _)).WithMessage("must be well-formed Unicode")
        .HasPattern("^[^:\\u0000-\\u001F\\u007F-\\u009F]+$")
        .WithMessage("must not contain a colon or control characters")
        .Must(name => !name!.EnumerateRunes().Any(IsInvisible))
        .WithMessage("must not contain invisible characters or characters that change the direction of text")
        .Must(name => name is not ("." or "..")).WithMessage("must not be . or ..")
        .HasLength(1, MaxUsernameLength, name => name.Normalize())
        .WithMessage($"must be at most {MaxUsernameLength} characters long");

    /// <summary>Any text that is not empty; it may be white space only.</summary>
    public static IRuleBuilderOptions<T, string> IsGiven<T>(this IRuleBuilder<T, string> rule) => rule
        .NotNull().WithMessage("is required")
        .Must(text => text is not "").WithMessage("is required");

    /// <summary>
    /// Any text that can be a stored password, whatever the minimum length was when it was set.
    /// </summary>
    public static IRuleBuilderOptions<T, string?> IsPassword<T>(
        this IRuleBuilderInitial<T, string> rule) => rule
        .Cascade(CascadeMode.Stop)
        .IsGiven()
        .HasLength(1, MaxPasswordBytes, NormalForm.NormalizePassword);

    /// <summary>
    /// At least <paramref name="minimum"/> characters in Unicode normal form C and at most 1,024 bytes of
    /// UTF-8.
    /// </summary>
    public static IRuleBuilderOptions<T, string?> IsNewPassword<T>(
        this IRuleBuilderInitial<T, string> rule, int minimum) => rule
        .Cascade(CascadeMode.Stop)
        .IsGiven()
        .Must(IsUnicode).WithMessage("must be well-formed Unicode")
        .Must(password => Encoding.UTF8.GetByteCount(password) <= MaxPasswordBytes)
        .WithMessage($"must be at most {MaxPasswordBytes} bytes long")
        .HasLength(minimum, MaxPasswordBytes, NormalForm.NormalizePassword)
        .WithMessage($"must be at least {minimum} characters long");

    /// <summary>
    /// Format characters, line separators, and what else Unicode does not display
    /// (Default_Ignorable_Code_Point).
    /// </summary>
    static bool IsInvisible(Rune character) =>
        Rune.GetUnicodeCategory(character) is UnicodeCategory.Format or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator
        || character.Value is 0x034F or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or (>= 0x180B and <= 0x180F)
            or 0x2065 or 0x3164 or (>= 0xFE00 and <= 0xFE0F) or 0xFFA0 or (>= 0xFFF0 and <= 0xFFF8)
            or (>= 0xE0000 and <= 0xE0FFF);

    static bool IsUnicode(string text)
    {
        var bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        var status = Utf8.FromUtf16(text, bytes, out _, out _, replaceInvalidSequences: false);

        return status is OperationStatus.Done;
    }
}
