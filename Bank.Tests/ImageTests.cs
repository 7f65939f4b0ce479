using Bank.Tests.Harness;

namespace Bank.Tests;

/// <summary>What the image is built from, since few who change the sources build it.</summary>
public sealed class ImageTests
{
    static readonly string[] Copied =
    [
        .. SourceTree.Read("Dockerfile").Split('\n')
            .Where(line => line.StartsWith("COPY ", StringComparison.Ordinal) && !line.Contains("--from"))
            .SelectMany(line => line.Split(' ')[1..^1]),
    ];

    [Fact]
    public void Paths_copied_by_the_Dockerfile_exist_and_are_not_ignored()
    {
        var allowed = SourceTree.Read(".dockerignore").Split('\n');

        Copied.ShouldContain("Bank.csproj");
        Copied.ShouldAllBe(path => Path.Exists(Path.Combine(SourceTree.Root, path)));
        Copied.ShouldAllBe(path => allowed.Contains($"!{path}"));
    }

    [Fact]
    public void Docker_image_copies_every_source_folder()
    {
        var sources = SourceTree.Directories("").Where(IsProduct).ToArray();

        sources.ShouldContain("Features");
        sources.ShouldBeSubsetOf(Copied);
    }

    static bool IsProduct(string directory) =>
        directory is not ("Bank.Tests" or "docs" or "bin" or "obj") && directory[0] != '.'
        && SourceTree.Files(directory).Length > 0;
}
