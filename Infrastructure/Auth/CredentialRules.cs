using System.Buffers;
using System.Text;
using System.Text.Unicode;
using Bank.Infrastructure.Http;
using FluentValidation;

namespace Bank.Infrastructure.Auth;

/// <summary>What a username and a new password must be.</summary>
static class CredentialRules
{
    const int LongestUsername = 64;
    const int LongestPasswordInBytes = 1024;

    /// <summary>
    /// 1 to 64 characters in Unicode normal form C, none of them a control character or the colon, which HTTP
    /// Basic ends a username with (RFC 7617, section 2); not <c>.</c> or <c>..</c>, since an address cannot
    /// end in them (RFC 3986, section 5.2.4).
    /// </summary>
    public static IRuleBuilderOptions<T, string?> IsUsername<T>(
        this IRuleBuilderInitial<T, string> rule) => rule
        .Cascade(CascadeMode.Stop)
        .IsGiven()
        .Must(name => NormalForm.TryOfUsername(name, out _)).WithMessage("must be well-formed Unicode")
        .HasPattern("^[^:\\u0000-\\u001F\\u007F-\\u009F]+$")
        .WithMessage("must not contain a colon or control characters")
        .Must(name => name is not ("." or "..")).WithMessage("must not be . or ..")
        .HasLength(1, LongestUsername, name => name.Normalize())
        .WithMessage($"must be at most {LongestUsername} characters long");

    /// <summary>Any text that is not empty; white space is a text like any other.</summary>
    public static IRuleBuilderOptions<T, string> IsGiven<T>(this IRuleBuilder<T, string> rule) => rule
        .NotNull().WithMessage("is required")
        .Must(text => text is not "").WithMessage("is required");

    /// <summary>What may have become a password, whatever was asked of a new one then.</summary>
    public static IRuleBuilderOptions<T, string?> IsPassword<T>(
        this IRuleBuilderInitial<T, string> rule) => rule
        .Cascade(CascadeMode.Stop)
        .IsGiven()
        .HasLength(1, LongestPasswordInBytes, NormalForm.OfPassword);

    /// <summary>
    /// At least <paramref name="minimum"/> characters in Unicode normal form C and at most 1,024 bytes of
    /// UTF-8.
    /// </summary>
    public static IRuleBuilderOptions<T, string?> IsNewPassword<T>(
        this IRuleBuilderInitial<T, string> rule, int minimum) => rule
        .Cascade(CascadeMode.Stop)
        .IsGiven()
        .Must(IsUnicode).WithMessage("must be well-formed Unicode")
        .Must(password => Encoding.UTF8.GetByteCount(password) <= LongestPasswordInBytes)
        .WithMessage($"must be at most {LongestPasswordInBytes} bytes long")
        .HasLength(minimum, LongestPasswordInBytes, NormalForm.OfPassword)
        .WithMessage($"must be at least {minimum} characters long");

    static bool IsUnicode(string text)
    {
        var bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        return Utf8.FromUtf16(text, bytes, out _, out _, replaceInvalidSequences: false) is OperationStatus.Done;
    }
}
