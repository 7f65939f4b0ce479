using System.Net;
using Bank.Infrastructure.Configuration;
using Microsoft.Security.AntiSSRF;
using IPNetwork = System.Net.IPNetwork;

namespace Bank.Features.Webhooks;

/// <summary>
/// To which addresses webhooks may be sent: to public ones and those of <see
/// cref="WebhookOptions.AllowedNetworks"/>, so that nobody reaches the networks of the bank through it. The
/// addresses of a name are checked at each connection, which is made to the very addresses that were checked.
/// </summary>
sealed class WebhookAddresses
{
    static readonly IPNetwork[] NotPublic = [.. IPAddressRanges.recommendedLatest.Select(IPNetwork.Parse)];

    readonly bool mayUseHttp;
    readonly IPNetwork[] allowed;

    /// <exception cref="StartupException">An allowed network cannot be read.</exception>
    public WebhookAddresses(WebhookOptions options, IHostEnvironment environment)
    {
        mayUseHttp = environment.IsDevelopment();
        allowed = [.. options.AllowedNetworks.Select(Read)];
    }

    /// <summary>The words for the schemes that an address may have.</summary>
    public string Schemes => mayUseHttp ? "an http:// or https://" : "an https://";

    /// <summary>Whether a text is an address with a scheme that is allowed.</summary>
    public bool IsUrl(string text) =>
        !text.Any(character => char.IsControl(character) || char.IsWhiteSpace(character))
        && Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Host.Length > 0
        && (url.Scheme == Uri.UriSchemeHttps || (mayUseHttp && url.Scheme == Uri.UriSchemeHttp));

    /// <summary>Whether an address has no user, password and fragment, which would not be sent.</summary>
    public static bool IsBare(string text) =>
        new Uri(text) is { UserInfo: "", Fragment: "" } && !text.Contains('#') && !text.Contains('@');

    /// <summary>Whether it may be sent there, as far as one can tell without resolving a name.</summary>
    public bool MayReach(string text) =>
        !IPAddress.TryParse(new Uri(text).IdnHost, out var address) || MayReach(Unmapped(address));

    /// <summary>
    /// A handler that connects to these addresses only, follows no redirect and uses no proxy.
    /// </summary>
    public AntiSSRFHandler CreateHandler()
    {
        var policy = new AntiSSRFPolicy(PolicyConfigOptions.ExternalOnlyLatest)
        {
            AllowPlainTextHttp = mayUseHttp,
            AddXFFHeader = false,
        };
        policy.AddAllowedAddresses([.. allowed.Select(network => network.ToString())]);
        var handler = policy.GetHandler();
        handler.AllowAutoRedirect = false;
        handler.UseCookies = false;

        return handler;
    }

    bool MayReach(IPAddress address) =>
        !NotPublic.Any(network => network.Contains(address))
        || allowed.Any(network => network.Contains(address));

    static IPAddress Unmapped(IPAddress address) =>
        address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    static IPNetwork Read(string text, int index) =>
        IPAddress.TryParse(text, out var address)
            ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
        : IPNetwork.TryParse(text, out var network) ? network
        : throw new StartupException(
            $"Webhooks:AllowedNetworks:{index} is not an address or network: '{text}'.");
}
