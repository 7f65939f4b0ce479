using Bank.Tests.Harness;

namespace Bank.Tests.Model;

/// <summary>What a caller was told.</summary>
sealed record Told(
    string Outcome, Guid? Id = null, decimal Balance = 0, bool IsRepeat = false, bool IsCapture = false,
    decimal? Amount = null)
{
    public static Told Of(Bank.Infrastructure.Ledger.Answer answer, bool movesMoney, bool isCapture)
    {
        Guid? id = answer.IsPosted && movesMoney ? answer.Id : null;
        return new Told(answer.Outcome, id, answer.Balance, answer.ReplayedTraceId is not null, isCapture, answer.Amount);
    }

    /// <summary>The answer, if nothing was posted.</summary>
    public Answer Refusal => new(Outcome, IsRepeat: IsRepeat);

    /// <summary>The answer, with what its transaction recorded.</summary>
    public Answer With(TransactionRow row)
    {
        Balance.ShouldBe((IsCapture ? row.ToBalance : row.FromBalance ?? row.ToBalance)!.Value);
        row.Amount.ShouldBe(Amount ?? row.Amount);
        return new Answer(
            Outcome, Entry(row.FromBalance, row.FromVersion), Entry(row.ToBalance, row.ToVersion), IsRepeat);
    }

    static Entry? Entry(decimal? balance, long? version) =>
        balance is null ? null : new Entry(balance.Value, version!.Value);
}
