namespace Bank.Features.Transfers;

/// <summary>Moves money from the caller's account to any other account.</summary>
sealed record TransferCommand(long CallerId, long SourceId, long TargetId, decimal Amount);
