using System.Diagnostics;
using Bank.Infrastructure.Configuration;
using Bank.Infrastructure.Data;
using Bank.Infrastructure.DevelopmentDatabase;
using Bank.Tests.Harness;

namespace Bank.Tests.Infrastructure.DevelopmentDatabase;

/// <summary>What a machine without PostgreSQL fetches, from a repository on this machine.</summary>
public sealed class FetchedPostgresTests : IDisposable
{
    readonly string cache = Directory.CreateTempSubdirectory("bank-fetched-").FullName;
    readonly List<string> said = [];

    [Fact]
    public async Task The_programs_are_fetched_once_and_said_to_be()
    {
        var jar = await MavenRepository.JarAsync();
        await using var repository = await MavenRepository.StartAsync(jar);

        var directory = await From(repository.Address).DirectoryAsync();
        var asked = repository.Asked;
        var again = await From(repository.Address).DirectoryAsync();

        VersionOf(Path.Combine(directory, "postgres")).ShouldStartWith("postgres (PostgreSQL) ");
        said.ShouldHaveSingleItem()
            .ShouldContain($"fetching {FetchedPostgres.Version} once, {jar.Length / 1e6:F1} MB");
        asked.ShouldContain(file => file.EndsWith($"-{FetchedPostgres.Version}.jar"));
        again.ShouldBe(directory);
        repository.Asked.ShouldBe(asked);
    }

    [Fact]
    public async Task Programs_that_are_not_those_of_their_checksum_are_not_run()
    {
        await using var repository = await MavenRepository.StartAsync(new byte[200_000], new string('0', 64));

        var refusal = await Should.ThrowAsync<StartupException>(
            () => From(repository.Address).DirectoryAsync());

        refusal.Message.ShouldContain("was not fetched: ");
        refusal.Message.ShouldContain("SHA-256");
        Directory.EnumerateFiles(cache, "postgres", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_a_network_the_hint_stays_and_says_why()
    {
        var refusal = await Should.ThrowAsync<StartupException>(
            () => From("http://127.0.0.1:1").DirectoryAsync());

        refusal.Message.ShouldStartWith(PostgresBinaries.Missing);
        refusal.Message.ShouldContain("docker compose up");
        refusal.Message.ShouldEndWith("Connection refused)");
        said.ShouldBeEmpty();
    }

    [Fact]
    public void What_is_fetched_is_not_refused_by_the_ledger()
    {
        var version = Version.Parse(FetchedPostgres.Version);

        PostgresVersion.Refusal(version.Major * 10000 + version.Minor).ShouldBeNull();
    }

    public void Dispose() => Directory.Delete(cache, recursive: true);

    FetchedPostgres From(string repository) => new(repository, cache, said.Add);

    static string VersionOf(string program)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, ["--version"]) { RedirectStandardOutput = true })!;
        return process.StandardOutput.ReadToEnd();
    }
}
