namespace Bank.Tests.Faults;

/// <summary>Where in the conversation about a money statement the line is cut.</summary>
public enum CutPoint
{
    /// <summary>The server was sent all of it; its client hears nothing any more.</summary>
    AfterRequest,

    /// <summary>The client got every row, but not the word, after the commit, that it is done.</summary>
    BeforeReady,
}
