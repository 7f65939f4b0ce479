using System.Diagnostics;
using Bank.Infrastructure.Configuration;
using Bank.Infrastructure.Data;
using Bank.Infrastructure.DevelopmentDatabase;
using Bank.Infrastructure.Progress;
using Bank.Tests.Harness;

namespace Bank.Tests.Infrastructure.DevelopmentDatabase;

/// <summary>What a machine without PostgreSQL fetches, from a repository on this machine.</summary>
[Trait("Speed", "Slow")]
public sealed class FetchedPostgresTests : IDisposable
{
    readonly string cache = Directory.CreateTempSubdirectory("bank-fetched-").FullName;
    readonly StringWriter said = new();

    [Fact]
    public async Task PostgreSQL_binaries_are_downloaded_once_with_a_message()
    {
        var jar = await MavenRepository.JarAsync();
        await using var repository = await MavenRepository.StartAsync(jar);

        var directory = await From(repository.Address).DirectoryAsync();
        var asked = repository.Asked;
        var again = await From(repository.Address).DirectoryAsync();

        VersionOf(Path.Combine(directory, "postgres")).ShouldStartWith("postgres (PostgreSQL) ");
        var lines = said.ToString().TrimEnd().Split(Environment.NewLine);
        lines[0].ShouldContain($"fetching {FetchedPostgres.Version} once, {jar.Length / 1e6:F1} MB");
        lines.Length.ShouldBeGreaterThan(3);
        lines[^1].ShouldBe($"Fetched {jar.Length / 1e6:F1} of {jar.Length / 1e6:F1} MB");
        asked.ShouldContain(file => file.EndsWith($"-{FetchedPostgres.Version}.jar"));
        again.ShouldBe(directory);
        repository.Asked.ShouldBe(asked);
    }

    [Fact]
    public async Task PostgreSQL_download_with_a_wrong_checksum_is_not_unpacked()
    {
        await using var repository = await MavenRepository.StartAsync(new byte[200_000], new string('0', 64));

        var refusal = await Should.ThrowAsync<StartupException>(
            () => From(repository.Address).DirectoryAsync());

        refusal.Message.ShouldContain("was not fetched from 127.0.0.1:");
        refusal.Message.ShouldContain("SHA-256");
        Directory.EnumerateFiles(cache, "postgres", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact]
    public async Task Failed_download_reports_the_cause_and_the_alternatives()
    {
        var refusal = await Should.ThrowAsync<StartupException>(
            () => From("http://127.0.0.1:1").DirectoryAsync());

        refusal.Message.ShouldStartWith(PostgresBinaries.Missing);
        refusal.Message.ShouldContain("docker compose up");
        refusal.Message.ShouldContain("was not fetched from 127.0.0.1:1: Connection refused");
        refusal.Message.ShouldEndWith("BANK_MAVEN_REPOSITORY names another Maven repository)");
        said.ToString().ShouldBeEmpty();
    }

    [Fact]
    public async Task Password_of_the_repository_is_not_repeated()
    {
        var refusal = await Should.ThrowAsync<StartupException>(
            () => From("http://mirror:secret@127.0.0.1:1/maven").DirectoryAsync());

        refusal.Message.ShouldContain("was not fetched from 127.0.0.1:1: ");
        refusal.Message.ShouldNotContain("secret");
    }

    [Fact]
    public void Downloaded_PostgreSQL_version_is_supported()
    {
        var version = Version.Parse(FetchedPostgres.Version);

        PostgresVersion.UnsupportedReason(version.Major * 10000 + version.Minor).ShouldBeNull();
    }

    public void Dispose() => Directory.Delete(cache, recursive: true);

    FetchedPostgres From(string repository) => new(
        repository, cache, new ProgressLine(said, isTerminal: false, TimeSpan.Zero, TimeProvider.System));

    static string VersionOf(string program)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, ["--version"]) { RedirectStandardOutput = true })!;
        return process.StandardOutput.ReadToEnd();
    }
}
