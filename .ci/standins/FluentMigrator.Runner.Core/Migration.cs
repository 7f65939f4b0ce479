using FluentMigrator.Builders.Execute;

namespace FluentMigrator
{
    public enum TransactionBehavior
    {
        Default,
        None,
    }

    [AttributeUsage(AttributeTargets.Class, Inherited = false)]
    public class MigrationAttribute(
        long version,
        TransactionBehavior transactionBehavior = TransactionBehavior.Default,
        string? description = null) : Attribute
    {
        public MigrationAttribute(long version, string description)
            : this(version, TransactionBehavior.Default, description)
        {
        }

        public long Version { get; } = version;

        public TransactionBehavior TransactionBehavior { get; } = transactionBehavior;

        public string? Description { get; } = description;
    }

    /// <summary>A step of the schema: what <see cref="Execute"/> is told runs after Up or Down has returned.</summary>
    public abstract class Migration
    {
        public IExecuteExpressionRoot Execute { get; } = new ExecuteExpressionRoot();

        public abstract void Up();

        public abstract void Down();

        internal IEnumerable<string> Statements(Action direction)
        {
            direction();

            return ((ExecuteExpressionRoot)Execute).Statements;
        }
    }

    public abstract class ForwardOnlyMigration : Migration
    {
        public sealed override void Down() =>
            throw new InvalidOperationException("Only forward migration is supported");
    }
}

namespace FluentMigrator.Builders.Execute
{
    public interface IExecuteExpressionRoot
    {
        /// <summary>Runs the text as it is: several statements and dollar quoting are fine.</summary>
        void Sql(string sqlStatement);
    }

    internal sealed class ExecuteExpressionRoot : IExecuteExpressionRoot
    {
        public List<string> Statements { get; } = [];

        public void Sql(string sqlStatement) => Statements.Add(sqlStatement);
    }
}
