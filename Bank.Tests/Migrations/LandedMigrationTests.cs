using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using FluentMigrator;
using FluentMigrator.Expressions;
using FluentMigrator.Infrastructure;

namespace Bank.Tests.Migrations;

/// <summary>
/// A migration that has landed may have run somewhere, and does not run there again: what is to change needs
/// another one.
/// </summary>
public sealed class LandedMigrationTests
{
    /// <summary>
    /// The SHA-256 of all that a migration sends, up and down. A new migration adds its line.
    /// </summary>
    static readonly string[] Landed =
    [
        "202611220001 a250565d8e434f62fba5d575f43d0caf15aa94e201ecbf5b7879cc42603483c2",
        "202611220002 96832505a2aaa375805699483e2d8a1aa76b6533db44c2cad9d127bc87758e30",
        "202611220003 7c59763e5112f0e064b3e3f6ee8f7481484198e02f078c5d7640ce5cbae75364",
        "202611220004 1f2974f640b6fa9ebda7b7e0aeb3fdf4d022d1688e8ed79dc178c1c9ab728b57",
        "202611240001 7abe7487e7559c125a6d4f7ae8dae558a4b706b5ad977ee87b1e7d3b1e57280e",
        "202611240010 f9c6af629b50ffaffef3a4727cc1dead0e40b94c02c00719e7371dee6b75b1c1",
        "202611240013 3b86387a75d3db2868842fcbc4b6b9dbfe236cd05ecf9bb9321f18cc5bd45158",
        "202611240020 fe9b8cc84643f59706214eb9bebe8cfdd5f7a09cb1d111e4f119497cc7fe5743",
        "202611240030 bebf8b08c7efbef468824a8431b08dfc7e33129127f09f45fb88bef9d110a4e3",
        "202611250010 2b1e5b00562a214e9c45a98caeef7e9c0b671281395268084e7a372d2c27149b",
        "202611300010 c0ea8aca6d9230e697d07d629a50d375bc686661af810670ab5245740d996e66",
        "202611300020 de3a3480b3e285b7a497ee082afd9f9f52c7326e3d21cb31d8509af3aaeaeb37",
        "202611300030 a21f3988c3b3a5e1d5208652231c0d2d32e8ee6a2e2da9532516b683ca39e972",
        "202611300040 b68bb72b5e83e3f5441b6cb09269a707777054aa3663b80785e8c7ac91744844",
        "202611300050 f09b9aa83c1eeb76d35753c800d9e150ab157fbb4b23b5e3e5263e02f58eafd8",
        "202611300310 3a17e74860eb9f527594b6e55b4953499667274bb71174938ff9c027a22f69c4",
        "202611300320 e997a09c2f539873bb74ca43a7e2c5f97cc2446923a2030a6a6483922aaf5011",
        "202611300420 e1a13d56455ada7ba276bae744a71bcf852efe20cbe7a9fcd93c0fbcdb1ae64a",
        "202611300510 e779b80833b4507daea7ec89c61301e3d47e3e87d61d53a9e2f03e827e4ad2dc",
        "202611300620 2d499bd4a358f6aea27807bd7ecd66efc706ce6e4d01cc9fb9ba2b405e2d5fc6",
        "202611300710 7ab3a3c6db4b7e7e4083259a7a22307065d981cc760b186d017c7d140fce365b",
        "202612010010 32711ac32713c568993156b932514df4702ec3e667745a3d52e7a729b9ce2e25",
        "202612010310 67243da945f00301fd37b84c66d9c290b0c48874623889ccd7f0d9adb75c8db2",
        "202612010410 f1d3e05d598a823a3d04fa1f9bd493ea3623a208bbe6056df9d8f2c3231ee097",
        "202612010420 21dc08e8c1247bad2cd76fbf0a2b817addcb9a40e2aa039328766d2f0838d18f",
        "202612010430 fde9015226842e95585488ced88e97eef0ccae698c394e5c66d73d281d8b3c74",
        "202612010900 95c35a3183a92b6a09434b4a9a0ef14937f3852d0e45f0e0ad683413d0caea0c",
    ];

    [Fact]
    public void Landed_migrations_are_unchanged()
    {
        var migrations = typeof(Program).Assembly.GetTypes()
            .Where(type => type.IsAssignableTo(typeof(Migration)))
            .Select(type => $"{type.GetCustomAttribute<MigrationAttribute>()!.Version} {HashOf(type)}")
            .Order(StringComparer.Ordinal).ToArray();

        migrations.ShouldBe(
            Landed, false,
            "A migration was edited, which databases that have it never hear of; or one has no line here.");
    }

    static string HashOf(Type type)
    {
        var migration = (Migration)Activator.CreateInstance(type)!;
        var sent = $"{TextOf(migration.GetUpExpressions)}\0{TextOf(migration.GetDownExpressions)}";

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sent)));
    }

    static string TextOf(Action<IMigrationContext> direction)
    {
        var context = new MigrationContext(null!, null!, "");
        direction(context);
        context.Expressions.ShouldNotBeEmpty();

        return string.Join('\0', context.Expressions
            .Select(expression => expression.ShouldBeOfType<ExecuteSqlStatementExpression>().SqlStatement));
    }
}
