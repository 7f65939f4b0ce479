using System.Security.Cryptography;

namespace Bank.Infrastructure.Auth;

/// <summary>Passwords that are shown once and changed at the first sign-in.</summary>
static class OneTimePassword
{
    /// <summary>A text in the form of one, for examples.</summary>
    public const string Shown = "k7mq-wx2p-9hdt-c4vr-6ynf";

    /// <summary>Letters and digits that are not mistaken for each other.</summary>
    const string Characters = "abcdefghjkmnpqrstuvwxyz23456789";

    const int Groups = 5;
    const int GroupLength = 4;

    /// <summary>A new one, of 99 random bits.</summary>
    public static string Create() => string.Join(
        '-',
        Enumerable.Range(0, Groups).Select(_ => RandomNumberGenerator.GetString(Characters, GroupLength)));
}
