using FsCheck;

namespace Bank.Tests.Harness;

/// <summary>How FsCheck runs the property tests.</summary>
static class PropertyConfig
{
    /// <summary>Throws on a failure and prints nothing on success.</summary>
    public static Config Quiet { get; } = Config.QuickThrowOnFailure.WithQuietOnSuccess(true);
}
