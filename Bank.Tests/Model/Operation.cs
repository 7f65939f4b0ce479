namespace Bank.Tests.Model;

/// <summary>
/// What a caller asks of the bank. A deposit comes from nowhere, a withdrawal goes to nowhere, and what moves
/// no amount closes the account that it comes from. Callers, accounts and keys go by numbers.
/// </summary>
sealed record Operation(int Caller, int? From, int? To, decimal Amount, int? Key)
{
    public bool IsTransfer => From is not null && To is not null;

    public bool IsClose => Amount == 0;
}
