namespace Bank.Features.Users;

/// <param name="CurrentPassword">The current password.</param>
/// <param name="NewPassword">At least the configured number of characters, at most 1,024 bytes.</param>
sealed record ChangePasswordRequest(string CurrentPassword, string NewPassword);
