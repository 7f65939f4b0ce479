using Bank.Infrastructure.Configuration;
using Bank.Infrastructure.Hosting;
using Bank.Tests.Harness;
using Npgsql;

namespace Bank.Tests.Infrastructure.Hosting;

public sealed class ConnectionStringsTests(BankServer bank)
{
    [Theory]
    [InlineData(
        "postgres://ada:p%40ss@db.example:6543/bank?sslmode=require&application_name=one",
        "Host=db.example;Port=6543;Username=ada;Password=p@ss;Database=bank;SSL Mode=Require;"
            + "Application Name=one")]
    [InlineData("postgresql://ada@[::1]/bank", "Host=[::1];Port=5432;Username=ada;Database=bank")]
    [InlineData("POSTGRES://db/", "Host=db;Port=5432")]
    [InlineData("postgres:///bank?host=/run/postgresql&user=ada&connect_timeout=3",
        "Host=/run/postgresql;Port=5432;Username=ada;Database=bank;Timeout=3")]
    [InlineData(
        "postgres://db/bank?target_session_attrs=primary&sslrootcert=/ca.pem",
        "Host=db;Port=5432;Database=bank;Target Session Attributes=primary;Root Certificate=/ca.pem")]
    [InlineData("Host=db;Database=bank", "Host=db;Database=bank")]
    [InlineData("postgres://db/b?sslmode=verify-full", "Host=db;Database=b;SSL Mode=VerifyFull")]
    [InlineData("postgres://db/b?sslmode=verify-ca", "Host=db;Database=b;SSL Mode=VerifyCA")]
    [InlineData("postgres://db/b?sslmode=allow", "Host=db;Database=b;SSL Mode=Allow")]
    [InlineData(
        "postgres://db/b?sslmode=verify-full&sslrootcert=system", "Host=db;Database=b;SSL Mode=VerifyFull")]
    [InlineData("postgres://db/b?sslrootcert=system", "Host=db;Database=b;SSL Mode=VerifyFull")]
    [InlineData("postgres://db/b?requiressl=1", "Host=db;Database=b;SSL Mode=Require")]
    [InlineData("postgres://db/b?sslnegotiation=direct&sslmode=require",
        "Host=db;Database=b;SSL Mode=Require;SSL Negotiation=Direct")]
    [InlineData("postgres://u@h1:5432,h2:5433/b?target_session_attrs=read-write",
        "Host=h1:5432,h2:5433;Username=u;Database=b;Target Session Attributes=read-write")]
    [InlineData("postgres://u@h1,h2/b", "Host=h1,h2;Username=u;Database=b")]
    [InlineData("postgres:///b?host=h1,h2&port=5433", "Host=h1:5433,h2:5433;Database=b")]
    [InlineData("postgres://[::1]:6000,db/b?load_balance_hosts=disable",
        "Host=[::1]:6000,db;Database=b;Load Balance Hosts=false")]
    [InlineData("postgresql://%2Fvar%2Frun%2Fpostgresql/b", "Host=/var/run/postgresql;Port=5432;Database=b")]
    [InlineData("postgresql://u@%2Fsock:6543/b", "Host=/sock;Port=6543;Username=u;Database=b")]
    [InlineData("postgres://db/b?gssencmode=require", "Host=db;Database=b;GSS Encryption Mode=Require")]
    [InlineData("postgres://db/b?channel_binding=require", "Host=db;Database=b;Channel Binding=Require")]
    [InlineData("postgres://db/b?options=-c%20search_path%3Dbank",
        "Host=db;Database=b;Options='-c search_path=bank';Search Path=bank")]
    [InlineData("postgres://db/b?options=-cgeqo%3Doff%20--search_path%3Done,two",
        "Host=db;Database=b;Options='-cgeqo=off --search_path=one,two';Search Path='one,two'")]
    [InlineData(
        "postgres://db/b?keepalives=1&keepalives_idle=30&keepalives_interval=5&keepalives_count=3"
            + "&tcp_user_timeout=1000",
        "Host=db;Database=b;TCP Keepalive=true;TCP Keepalive Time=30;TCP Keepalive Interval=5")]
    [InlineData("postgres://db/b?keepalives_interval=5",
        "Host=db;Database=b;TCP Keepalive Time=7200;TCP Keepalive Interval=5")]
    [InlineData("postgres://db/b?require_auth=scram-sha-256,md5",
        "Host=db;Database=b;Require Auth='ScramSHA256,MD5'")]
    [InlineData("postgres://db/b?require_auth=!none", "Host=db;Database=b;Require Auth=!None")]
    [InlineData(
        "postgres://db/b?client_encoding=utf8&sslsni=1&sslcompression=0&fallback_application_name=x"
            + "&ssl_min_protocol_version=TLSv1.2&max_protocol_version=3.2&replication=false",
        "Host=db;Database=b")]
    [InlineData("postgres://db/b?connect_timeout=-1", "Host=db;Database=b;Timeout=0")]
    [InlineData("postgres://u:p#w!d@db:5432/b", "Host=db;Username=u;Password=p#w!d;Database=b")]
    [InlineData("postgres://u:p@w@db/b", "Host=db;Username=u;Password=p@w;Database=b")]
    [InlineData("postgres://u@/b", "Host=localhost;Username=u;Database=b")]
    [InlineData("postgres://db/b?user=u&password=a%26b&dbname=c",
        "Host=db;Username=u;Password=a&b;Database=c")]
    [InlineData("postgres://db/b?Maximum%20Pool%20Size=7", "Host=db;Database=b;Maximum Pool Size=7")]
    [InlineData(" postgres://u@db/b\n", "Host=db;Username=u;Database=b")]
    [InlineData("host=db port=5433 dbname=b user=u password=p=1",
        "Host=db;Port=5433;Database=b;Username=u;Password='p=1'")]
    [InlineData("host = h1,h2 port=5432,5433 dbname='a b' password='it\\'s; \\\\' sslmode=verify-full",
        @"Host='h1:5432,h2:5433';Database='a b';Password=""it's; \"";SSL Mode=VerifyFull")]
    [InlineData("host=/run/postgresql\ndbname=b\n", "Host=/run/postgresql;Database=b")]
    public void Connection_URI_equals_the_same_Npgsql_connection_string(string text, string same)
    {
        var expected = new NpgsqlConnectionStringBuilder(same);

        if (text != same && expected.Host?.Contains(',') == false)
            expected.Port = expected.Port;

        if (expected.GssEncryptionMode == GssEncryptionMode.Prefer)
            expected.GssEncryptionMode = GssEncryptionMode.Disable;

        ConnectionStrings.Read(text).EquivalentTo(expected)
            .ShouldBeTrue(ConnectionStrings.Read(text).ToString());
    }

    [Theory]
    [InlineData("Hots=db;Password=secret", "'hots'")]
    [InlineData("Host=db;Port=secret", "'port'")]
    [InlineData("secret", "cannot be read.")]
    [InlineData("Database=bank;Password=secret", "names no host")]
    [InlineData("postgres://ada:secret@db:no/bank", "'port=no'")]
    [InlineData("postgres://ada:secret@db/bank?colour=blue", "'colour=blue'")]
    [InlineData("postgres://db/bank?sslmode=verify", "'sslmode=verify'")]
    [InlineData("postgres://db/bank?sslmode=prefer&sslrootcert=system", "'sslmode=prefer, too weak for")]
    [InlineData("postgres://db/bank?schema=public", "'schema=public'")]
    [InlineData("host=db dbname=bank password=secret schema=public", "'schema=public'")]
    [InlineData("dbname=bank password=secret", "names no host")]
    [InlineData("postgres://db/bank?pgbouncer=true", "'pgbouncer=true'")]
    [InlineData("postgres://db/bank?service=bank", "'service=bank'")]
    [InlineData("postgres://db/bank?sslcrl=/crl.pem", "'sslcrl=/crl.pem'")]
    [InlineData("postgres://db/bank?ssl_min_protocol_version=TLSv1.3", "'ssl_min_protocol_version=TLSv1.3'")]
    [InlineData("postgres://db/bank?client_encoding=latin1", "'client_encoding=latin1'")]
    [InlineData("postgres://db/bank?keepalives=maybe", "'keepalives=maybe'")]
    [InlineData("postgres://db/bank?connect_timeout=soon", "'connect_timeout=soon'")]
    [InlineData("postgres://db/bank?passwd=secret", "'passwd'")]
    [InlineData("postgres://h1,h2,h3/bank?port=1,2", "'port=1,2'")]
    public void Bad_connection_string_is_reported_without_its_value(
        string text, string place)
    {
        var refusal = Should.Throw<StartupException>(() => ConnectionStrings.Read(text)).Message;

        refusal.ShouldContain(place);
        refusal.ShouldContain("postgres://user:password@host/database");
        refusal.ShouldNotContain("secret");
        refusal.ShouldNotContain(Environment.NewLine);
    }

    [Fact]
    public void Missing_Passfile_is_named()
    {
        var refusal = Should.Throw<StartupException>(
            () => ConnectionStrings.Read("Host=db;Passfile=/nowhere/pgpass"));

        refusal.Message.ShouldBe(
            "ConnectionStrings:Bank names the Passfile /nowhere/pgpass, which does not exist");
    }

    [Fact]
    public void GSS_encryption_is_used_only_if_required()
    {
        ConnectionStrings.Read("Host=db;GSS Encryption Mode=Require").GssEncryptionMode
            .ShouldBe(GssEncryptionMode.Require);
    }

    [Theory]
    [InlineData("a;b\"c")]
    [InlineData("'x")]
    [InlineData("=x")]
    [InlineData("trailing blank ")]
    [InlineData(" leading blank")]
    [InlineData("x;Host=evil")]
    [InlineData("$HOME and ${HOME}")]
    [InlineData("both ' and \" and \\")]
    public void Password_of_its_own_setting_may_have_any_characters(string password)
    {
        var settings = ConnectionStrings.Read("Host=db;Username=ada;Password=other", password: password);

        new NpgsqlConnectionStringBuilder(settings.ConnectionString).Password.ShouldBe(password);
        new NpgsqlConnectionStringBuilder(settings.ConnectionString).Host.ShouldBe("db");
    }

    [Fact]
    public void Compose_file_writes_no_password_into_a_connection_string()
    {
        var lines = SourceTree.Read("compose.yaml").Split('\n')
            .Where(line => line.Contains("ConnectionStrings__", StringComparison.Ordinal)).ToArray();

        lines.Length.ShouldBe(4);
        lines.Where(line => line.Contains("Password:", StringComparison.Ordinal)).Count().ShouldBe(2);
        lines.ShouldAllBe(line => !line.Contains(';') || !line.Contains("${"));
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Role_is_created_and_served_with_a_password_of_its_own_setting()
    {
        const string Password = "a;b\"c' =$x ";
        await using var own = await IsolatedDatabase.CreateAsync(bank);
        var role = $"role_{Names.New().Replace("-", "")}";
        var api = new NpgsqlConnectionStringBuilder(own.ConnectionString)
        {
            Username = role,
            Password = null,
        };

        await using (var process = await BankProcess.StartAsync(
            api.ConnectionString, own.ConnectionString, [$"ConnectionStrings:BankPassword={Password}"]))
            (await Customer.RegisterAsync(process.Address)).Http.Dispose();

        await own.Database.ExecuteAsync($"DROP OWNED BY {role}; DROP ROLE {role}");
    }
}
