namespace Bank.Tests.Model;

/// <summary>What became of an operation, and how it left the accounts if it was posted.</summary>
sealed record Answer(string Outcome, Entry? From = null, Entry? To = null, bool IsRepeat = false);
