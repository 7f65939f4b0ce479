using Bank.Infrastructure.Configuration;

namespace Bank.Features.Users;

/// <summary>Who makes users; the section <c>Users</c> of the configuration.</summary>
[Section("Users")]
sealed class UserOptions
{
    /// <summary>Who registers users: anyone, or operators alone.</summary>
    public Registrar RegistrationBy { get; init; } = Registrar.Anyone;
}

/// <summary>Who registers users.</summary>
enum Registrar
{
    /// <summary>Anyone, for themselves.</summary>
    Anyone,

    /// <summary>Operators, for others.</summary>
    Operators,
}
