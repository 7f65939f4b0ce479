using Bank.Infrastructure.Connections;

namespace Bank.Tests.Infrastructure.Connections;

public sealed class PrimaryChoiceTests
{
    static readonly HostReport Standby = new(true, null);

    readonly PrimaryChoice choice = new();

    [Fact]
    public void The_primary_is_served_from_wherever_it_is_listed() =>
        choice.Choose([HostReport.Away, Standby, Primary(3)], current: null).ShouldBe(2);

    [Fact]
    public void Of_two_primaries_it_is_the_one_of_the_later_timeline() =>
        choice.Choose([Primary(1), Primary(2)], current: 0).ShouldBe(1);

    [Fact]
    public void A_primary_that_does_not_answer_is_kept_until_another_says_that_it_is_one()
    {
        choice.Choose([Primary(1), Standby], current: null).ShouldBe(0);

        choice.Choose([HostReport.Away, Standby], current: 0).ShouldBe(0);
        choice.Choose([HostReport.Away, Primary(2)], current: 0).ShouldBe(1);
    }

    [Fact]
    public void An_earlier_timeline_than_one_seen_is_refused_also_when_nothing_else_answers()
    {
        choice.Choose([Primary(1), Primary(2)], current: null).ShouldBe(1);

        choice.Choose([Primary(1), HostReport.Away], current: 1).ShouldBe(1);
        choice.Choose([Primary(1), Standby], current: 1).ShouldBeNull();
        choice.Choose([Primary(1), HostReport.Away], current: null).ShouldBeNull();
    }

    [Fact]
    public void A_primary_that_became_a_standby_is_left() =>
        choice.Choose([Standby, Standby], current: 0).ShouldBeNull();

    [Fact]
    public void Between_two_of_one_timeline_there_is_no_going_back_and_forth()
    {
        choice.Choose([Primary(1), Primary(1)], current: 1).ShouldBe(1);
        choice.Choose([Primary(1), Primary(1)], current: 0).ShouldBe(0);
    }

    static HostReport Primary(uint timeline) => new(true, timeline);
}
