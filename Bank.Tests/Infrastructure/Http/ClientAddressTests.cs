using System.Net;
using Bank.Infrastructure.Http;
using Microsoft.AspNetCore.Http;

namespace Bank.Tests.Infrastructure.Http;

public sealed class ClientAddressTests
{
    [Theory]
    [InlineData("203.0.113.5", "203.0.113.5")]
    [InlineData("::ffff:203.0.113.5", "203.0.113.5")]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("::1", "::1")]
    [InlineData("2001:db8:0:1:aaaa:bbbb:cccc:dddd", "2001:db8:0:1::/64")]
    [InlineData("2001:db8::1", "2001:db8::/64")]
    [InlineData("fe80::1%2", "fe80::/64")]
    public void Client_is_shown_by_an_address_that_a_proxy_can_block(string address, string shown)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse(address);

        context.ClientAddress().ShouldBe(shown);
    }

    [Fact]
    public void Clients_of_one_IPv6_network_count_as_one()
    {
        var (one, other) = (new DefaultHttpContext(), new DefaultHttpContext());
        one.Connection.RemoteIpAddress = IPAddress.Parse("2001:db8:0:1::1");
        other.Connection.RemoteIpAddress = IPAddress.Parse("2001:db8:0:1:ffff::2");

        other.ClientAddress().ShouldBe(one.ClientAddress());
    }
}
