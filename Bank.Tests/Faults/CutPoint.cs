namespace Bank.Tests.Faults;

/// <summary>When a connection is cut during a money query.</summary>
public enum CutPoint
{
    /// <summary>After the server received the query; the client receives nothing.</summary>
    AfterRequest,

    /// <summary>After the client received the rows, before it receives ReadyForQuery.</summary>
    BeforeReady,
}
