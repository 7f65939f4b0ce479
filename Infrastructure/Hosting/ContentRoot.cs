namespace Bank.Infrastructure.Hosting;

/// <summary>
/// The directory of <c>appsettings.json</c> and, in development, of <c>.data</c>. It is the program's own,
/// whatever directory the program is started in.
/// </summary>
static class ContentRoot
{
    const string Project = "Bank.csproj";

    /// <summary>The directory; null where an argument or the environment names it.</summary>
    public static string? Find(string[] args) =>
        IsConfigured(args) ? null : SourcesOf(new DirectoryInfo(AppContext.BaseDirectory)).FullName;

    static bool IsConfigured(string[] args) =>
        new ConfigurationBuilder()
            .AddEnvironmentVariables("DOTNET_").AddEnvironmentVariables("ASPNETCORE_").AddCommandLine(args)
            .Build()[WebHostDefaults.ContentRootKey] is not null;

    /// <summary>The sources, if the program runs from their <c>bin</c>; else its own directory.</summary>
    static DirectoryInfo SourcesOf(DirectoryInfo program)
    {
        for (var directory = program; directory.Parent is { } parent; directory = parent)
        {
            if (directory.Name == "bin" && program.Name != "publish"
                && File.Exists(Path.Combine(parent.FullName, Project)))
                return parent;
        }

        return program;
    }
}
