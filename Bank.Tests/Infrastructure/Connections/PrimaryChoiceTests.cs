using Bank.Infrastructure.Connections;
using static Bank.Infrastructure.Connections.PrimaryChoice;

namespace Bank.Tests.Infrastructure.Connections;

public sealed class PrimaryChoiceTests
{
    static readonly HostReport Standby = new(true, null);

    readonly PrimaryChoice choice = new();

    [Fact]
    public void Primary_is_chosen_at_any_position_in_the_host_list() =>
        choice.Choose([HostReport.Unreachable, Standby, Primary(3)], current: null).ShouldBe(2);

    [Fact]
    public void Primary_with_the_later_timeline_is_chosen() =>
        choice.Choose([Primary(1), Primary(2)], current: 0).ShouldBe(1);

    [Fact]
    public void Silent_primary_is_kept_until_another_host_is_primary()
    {
        choice.Choose([Primary(1), Standby], current: null).ShouldBe(0);

        choice.Choose([HostReport.Unreachable, Standby], current: 0).ShouldBe(0);
        choice.Choose([HostReport.Unreachable, Primary(2)], current: 0).ShouldBe(1);
    }

    [Fact]
    public void Primary_with_an_earlier_timeline_than_seen_is_never_chosen()
    {
        choice.Choose([Primary(1), Primary(2)], current: null).ShouldBe(1);

        choice.Choose([Primary(1), HostReport.Unreachable], current: 1).ShouldBe(1);
        choice.Choose([Primary(1), Standby], current: 1).ShouldBeNull();
        choice.Choose([Primary(1), HostReport.Unreachable], current: null).ShouldBeNull();
    }

    [Fact]
    public void Primary_demoted_to_a_standby_is_no_longer_chosen() =>
        choice.Choose([Standby, Standby], current: 0).ShouldBeNull();

    [Fact]
    public void Current_primary_is_kept_when_another_has_the_same_timeline()
    {
        choice.Choose([Primary(1), Primary(1)], current: 1).ShouldBe(1);
        choice.Choose([Primary(1), Primary(1)], current: 0).ShouldBe(0);
    }

    static HostReport Primary(uint timeline) => new(true, timeline);
}
