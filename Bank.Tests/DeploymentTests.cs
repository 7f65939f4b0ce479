using System.Globalization;
using System.Net;
using Bank.Tests.Harness;
using YamlDotNet.RepresentationModel;

namespace Bank.Tests;

/// <summary>What compose and the Kubernetes manifest give a container, and whom they let in.</summary>
public sealed class DeploymentTests
{
    const StringComparison Ordinal = StringComparison.Ordinal;

    static readonly YamlMappingNode Compose = Documents("compose.yaml").Single();
    static readonly YamlMappingNode[] Manifest = Documents("docs/kubernetes/bank.yaml");

    [Fact]
    public void Compose_services_have_no_privileges_and_bounded_memory()
    {
        var services = Map(Compose, "services").Children
            .Select(service => (Name: $"{service.Key}", Node: Merged((YamlMappingNode)service.Value)))
            .ToArray();
        services.Length.ShouldBe(4);

        foreach (var (name, service) in services)
        {
            $"{service["read_only"]}".ShouldBe("true", name);
            Texts(service["cap_drop"]).ShouldBe(["ALL"], name);
            Texts(service["security_opt"]).ShouldBe(["no-new-privileges:true"], name);
            Texts(service["tmpfs"]).ShouldContain("/tmp", name);
            service.ShouldContainKey("mem_limit", name);
            service.ShouldContainKey("logging", name);
            service.ShouldNotContainKey("cap_add", name);
            service.ShouldNotContainKey("privileged", name);
        }
    }

    [Fact]
    public void Compose_publishes_ports_on_this_machine_only()
    {
        var services = Map(Compose, "services");
        var ports = services.Children.Values.Cast<YamlMappingNode>()
            .Where(service => service.Children.ContainsKey("ports"))
            .SelectMany(service => Texts(service["ports"])).ToArray();

        ports.Length.ShouldBe(2);
        ports.ShouldAllBe(
            port => port.StartsWith("127.0.0.1:", Ordinal)
                || port.StartsWith("${BANK_ADDRESS:-127.0.0.1}:", Ordinal));
        Texts(services["database"]["networks"]).ShouldBe(["ledger"]);
        $"{Compose["networks"]["ledger"]["internal"]}".ShouldBe("true");
        services.Children.Where(service => $"{service.Key}" is "prometheus" or "grafana")
            .ShouldAllBe(service => !((YamlMappingNode)service.Value).Children.ContainsKey("networks"));
    }

    [Fact]
    public void Compose_allows_files_for_every_connection() =>
        int.Parse(
            $"{Compose["services"]["api"]["ulimits"]["nofile"]}", CultureInfo.InvariantCulture)
            .ShouldBeGreaterThan(21_000);

    [Fact]
    public void Manifest_confines_the_container()
    {
        var pod = Of("Deployment")["spec"]["template"]["spec"];
        var api = pod["containers"][0];
        var security = api["securityContext"];

        $"{pod["automountServiceAccountToken"]}".ShouldBe("false");
        $"{security["readOnlyRootFilesystem"]}".ShouldBe("true");
        $"{security["allowPrivilegeEscalation"]}".ShouldBe("false");
        $"{security["runAsNonRoot"]}".ShouldBe("true");
        Texts(security["capabilities"]["drop"]).ShouldBe(["ALL"]);
        $"{security["seccompProfile"]["type"]}".ShouldBe("RuntimeDefault");
        foreach (var resource in new[] { "cpu", "memory", "ephemeral-storage" })
            Map(api["resources"], "limits").Children.ShouldContainKey(resource);
    }

    [Fact]
    public void Manifest_lets_in_the_ingress_controller_and_Prometheus()
    {
        var policy = Of("NetworkPolicy")["spec"];
        var callers = ((YamlSequenceNode)policy["ingress"]).Select(rule =>
            $"{rule["from"][0]["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"]} "
            + $"{rule["ports"][0]["port"]}");

        Texts(policy["policyTypes"]).ShouldBe(["Ingress", "Egress"]);
        $"{policy["podSelector"]["matchLabels"]["app"]}".ShouldBe("bank");
        callers.ShouldBe(["ingress-nginx http", "monitoring metrics"]);
        ((YamlSequenceNode)policy["egress"]).SelectMany(rule => (YamlSequenceNode)rule["ports"])
            .Select(port => $"{port["port"]}").Distinct().ShouldBe(["53", "5432"]);
        $"{Of("Ingress")["spec"]["ingressClassName"]}".ShouldBe("nginx");
    }

    [Fact]
    public void Manifest_trusts_a_narrow_network_of_proxies()
    {
        var proxies = ((YamlSequenceNode)Of("Deployment")["spec"]["template"]["spec"]["containers"][0]["env"])
            .Where(variable => $"{variable["name"]}".StartsWith("Proxies__", Ordinal))
            .Select(variable => IPNetwork.Parse($"{variable["value"]}"));

        proxies.ShouldHaveSingleItem().PrefixLength.ShouldBeGreaterThanOrEqualTo(28);
    }

    static YamlMappingNode Of(string kind) => Manifest.Single(document => $"{document["kind"]}" == kind);

    static YamlMappingNode[] Documents(string file)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(SourceTree.Read(file)));
        return [.. yaml.Documents.Select(document => (YamlMappingNode)document.RootNode)];
    }

    static YamlMappingNode Map(YamlNode node, string key) => (YamlMappingNode)node[key];

    static string[] Texts(YamlNode list) => [.. ((YamlSequenceNode)list).Select(text => $"{text}")];

    /// <summary>The members of a service, with those that it merges.</summary>
    static Dictionary<string, YamlNode> Merged(YamlMappingNode service)
    {
        var all = ((YamlMappingNode)service["<<"]).Children
            .ToDictionary(member => $"{member.Key}", member => member.Value);

        foreach (var (key, value) in service.Children)
            all[$"{key}"] = value;

        return all;
    }
}
