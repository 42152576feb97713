"""The manifests under k8s/, as kubectl builds them: against schemas, against each other and against the topology."""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import pytest
import yaml
from tools.manifest_standby import recovery_overlay, recovery_regions
from tools.render_manifests import FOLDER, rendered

from tests.architecture.source_tree import ROOT
from tests.doubles.access_tokens import HandedTokens
from tests.factories.memory_platform import memory_platform
from tests.infra import kubernetes_schemas
from tests.infra.kubernetes_schemas import is_builtin, schema_faults
from tests.infra.manifest_declaration import capacity_faults, connections_at_most, declaration_faults, own_processes
from tests.infra.manifest_rules import isolation_faults, reference_faults, room_faults, security_faults
from tests.infra.manifests import Manifest, Manifests, build, containers
from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.database.database_address import DatabaseAddress
from textnlp.adapters.documents.models_document import read_models_file
from textnlp.api.app import create_app
from textnlp.application.batch_intake import BatchIntake
from textnlp.process_runtime import ONE_OFFS
from textnlp.settings import Settings, read_settings
from textnlp.topology import workloads
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.delivery import Environment
from textnlp.topology.processes import Process
from textnlp.topology.regions import Region, RegionRole
from textnlp.topology.secret_names import SSL_CERTIFICATE
from textnlp_infra.components.cluster_host import cluster_address
from textnlp_infra.environments import ENVIRONMENTS
from textnlp_infra.environments import Environment as Estate
from textnlp_infra.naming import resource_name

_CANARIES = [f"canary/{percentage}" for percentage in TOPOLOGY.canary_percentages]
_RECOVERIES = [
    (environment, region) for environment in TOPOLOGY.environments for region in recovery_regions(environment)
]
_RECOVERY_OVERLAYS = [f"overlays/{recovery_overlay(*each)}" for each in _RECOVERIES]
_PLACES = [
    *(f"overlays/{environment.name}" for environment in TOPOLOGY.environments),
    *_RECOVERY_OVERLAYS,
    "standby",
    *_CANARIES,
]
_NO_CRDS = kubernetes_schemas.crds_folder() is None
_CUSTOM = pytest.mark.skipif(_NO_CRDS, reason=kubernetes_schemas.why_no_crds())
_EACH_PROCESS = pytest.mark.parametrize("process", own_processes(), ids=lambda process: process.name)


def production() -> Manifests:
    return build("overlays/prod")


def namespace() -> str:
    return next(each.namespace for each in TOPOLOGY.environments if each.is_production)


def all_faults(manifests: Manifests) -> list[str]:
    """Return every fault that a test of this file looks for but those of custom resources' schemas."""
    known = [each for each in manifests.all if is_builtin(each) or not _NO_CRDS]
    return [
        *(fault for each in known for fault in schema_faults(each)),
        *security_faults(manifests),
        *reference_faults(manifests),
        *room_faults(manifests),
        *isolation_faults(manifests),
        *declaration_faults(manifests, namespace()),
    ]


@pytest.mark.parametrize("place", _PLACES)
def test_kubernetes_itself_would_take_every_manifest(place: str) -> None:
    assert [fault for each in build(place).all if is_builtin(each) for fault in schema_faults(each)] == []


@_CUSTOM
@pytest.mark.parametrize("place", _PLACES)
def test_every_custom_resource_is_as_its_definition_says(place: str) -> None:
    custom = [each for each in build(place).all if not is_builtin(each)]
    assert {each["kind"] for each in custom} == {
        "Gateway",
        "HTTPRoute",
        "ScaledObject",
        "SecretProviderClass",
        "TriggerAuthentication",
    }
    assert [fault for each in custom for fault in schema_faults(each)] == []


@pytest.mark.parametrize("place", _PLACES)
def test_manifests_fit_each_other_and_no_pod_has_a_privilege(place: str) -> None:
    manifests = build(place)
    assert list(security_faults(manifests)) == []
    assert list(reference_faults(manifests)) == []
    assert list(room_faults(manifests)) == []
    assert list(isolation_faults(manifests)) == []


@pytest.mark.parametrize("environment", TOPOLOGY.environments, ids=lambda environment: environment.name)
def test_an_environment_is_what_the_topology_says(environment: Environment) -> None:
    manifests = build(f"overlays/{environment.name}")
    assert list(declaration_faults(manifests, environment.namespace, full_size=environment.is_production)) == []
    labels = manifests.one("Namespace", environment.namespace)["metadata"]["labels"]
    version = f"v{TOPOLOGY.cluster.kubernetes_version}"
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
    assert labels["pod-security.kubernetes.io/enforce-version"] == version


@pytest.mark.parametrize("environment", ENVIRONMENTS, ids=lambda environment: environment.name)
def test_the_most_pods_fit_the_machines_of_the_environment(environment: Estate) -> None:
    manifests = build(f"overlays/{environment.name}")
    assert list(capacity_faults(manifests, environment.namespace, environment.sizes.node_pools)) == []


@pytest.mark.parametrize("environment", ENVIRONMENTS, ids=lambda environment: environment.name)
def test_the_most_connections_fit_the_database_of_the_environment(environment: Estate) -> None:
    server = environment.sizes.database
    most = connections_at_most(build(f"overlays/{environment.name}"))
    assert 0 < most <= server.max_connections - server.reserved_connections


def test_more_pods_than_fit_are_found() -> None:
    manifests, estate = production(), ENVIRONMENTS[1]
    manifests.one("ScaledObject", workloads.BATCH_WORKER)["spec"]["maxReplicaCount"] = 11
    (fault,) = capacity_faults(manifests, estate.namespace, estate.sizes.node_pools)
    assert fault == "pool gpuspot: gpu takes 11.0 machines, it has 10"


def test_files_made_from_the_topology_are_up_to_date() -> None:
    files = rendered()
    stale = [path for path, text in files.items() if not _is_file(path, text)]
    assert stale == [], "run make reference"
    made = {str(p.relative_to(FOLDER)) for p in FOLDER.rglob("*.yaml") if p.read_text().startswith("# Made from")}
    assert made == set(files), "no other file may say that it is made"


def _is_file(path: str, text: str) -> bool:
    return (FOLDER / path).is_file() and (FOLDER / path).read_text(encoding="utf-8") == text


def test_an_overlay_that_does_not_say_where_models_are_is_refused(tmp_path: Path) -> None:
    for environment in TOPOLOGY.environments:
        folder = tmp_path / "overlays" / environment.name / "estate"
        folder.mkdir(parents=True)
        (folder / "estate.env").write_text("TENANT_ID=none\n")
    with pytest.raises(ValueError, match=r"estate\.env: has no line OPENAI_HOST="):
        rendered(tmp_path)


@pytest.mark.parametrize("environment", TOPOLOGY.environments, ids=lambda environment: environment.name)
def test_what_an_environment_knows_is_used_and_nothing_is_left_to_replace(environment: Environment) -> None:
    manifests = build(f"overlays/{environment.name}")
    text = yaml.safe_dump_all(manifests.all)
    assert "replaced" not in text
    assert not manifests.of("Secret")
    assert "estate" not in {each["metadata"]["name"] for each in manifests.of("ConfigMap")}
    (told,) = [each["data"] for each in manifests.of("ConfigMap") if each["metadata"]["name"].startswith("settings-")]
    used = {key for process in own_processes() for key in read_environment(manifests, process)}
    assert told.keys() <= used


def _name(kind: str, part: str = "", environment: str = "prod") -> str:
    region = TOPOLOGY.region(RegionRole.PRIMARY).name
    return resource_name(f"Microsoft.{kind}", environment=environment, region=region, part=part)


@pytest.mark.parametrize("environment", TOPOLOGY.environments, ids=lambda environment: environment.name)
def test_names_are_those_that_the_estate_gives(environment: Environment) -> None:
    def name(kind: str, part: str = "") -> str:
        return _name(kind, part, environment.name)

    place = f"overlays/{environment.name}"
    read = [(FOLDER / place / path).read_text() for path in ("estate/estate.env", "workloads/settings.env")]
    told = dict(re.findall(r"^(\w+)=(.*)$", "\n".join(read), flags=re.MULTILINE))
    vault, bus = name("KeyVault/vaults"), name("ServiceBus/namespaces")
    region = TOPOLOGY.region(RegionRole.PRIMARY).name
    expected = {
        "GATEWAY_ADDRESS": cluster_address(TOPOLOGY.region(RegionRole.PRIMARY)),
        "GATEWAY_HOST": next(known.host for known in ENVIRONMENTS if known.name == environment.name),
        "KEY_VAULT": vault,
        "TEXTNLP_KEY_VAULT_URL": f"https://{vault}.vault.azure.net",
        "SERVICE_BUS_NAMESPACE": bus,
        "TEXTNLP_QUEUE_URL": f"servicebus://{bus}.servicebus.windows.net",
        "OPENAI_HOST": f"{name('CognitiveServices/accounts')}.openai.azure.com",
        "FILES_RESOURCE_GROUP": name("Resources/resourceGroups", "platform"),
        "FILES_ACCOUNT": name("Storage/storageAccounts", "files"),
        "DATABASE_HOST": f"{name('DBforPostgreSQL/flexibleServers')}.postgres.database.azure.com",
        "DATABASE_ROLES": name("ManagedIdentity/userAssignedIdentities"),
        "REDIS_URL": f"rediss://{name('Cache/redisEnterprise')}.{region}.redis.azure.net:10000",
        "TEXTNLP_BLOB_URL": f"azure://{name('Storage/storageAccounts', 'data')}",
        "TEXTNLP_EVENT_GRID_URL": f"https://{name('EventGrid/topics')}.{region}-1.eventgrid.azure.net/api/events",
    }
    assert {key: told[key] for key in expected} == expected
    registries = {
        container["image"].partition("/")[0]
        for owner, pod in build(place).with_pods()
        if owner["metadata"]["namespace"] == environment.namespace
        for container in containers(pod)
    }
    assert registries == {f"{name('ContainerRegistry/registries')}.azurecr.io"}


@pytest.mark.parametrize(("environment", "region"), _RECOVERIES, ids=lambda each: each.name)
def test_the_recovery_region_runs_the_same_at_its_own_addresses(environment: Environment, region: Region) -> None:
    def name(kind: str, part: str = "") -> str:
        return resource_name(f"Microsoft.{kind}", environment=environment.name, region=region.name, part=part)

    serving, ready = build(f"overlays/{environment.name}"), build(f"overlays/{recovery_overlay(environment, region)}")
    assert list(declaration_faults(ready, environment.namespace)) == []
    differences = {(path, value) for path, value in _leaves(ready) if (path, value) not in set(_leaves(serving))}
    assert differences == {
        (
            "ConfigMap settings data.DATABASE_HOST",
            f"{name('DBforPostgreSQL/flexibleServers')}.postgres.database.azure.com",
        ),
        (
            "ConfigMap settings data.REDIS_URL",
            f"rediss://{name('Cache/redisEnterprise')}.{region.name}.redis.azure.net:10000",
        ),
        *(
            (f"ConfigMap models data.models-{kind}.yaml", text.replace(_name("CognitiveServices/accounts"), models))
            for models in (name("CognitiveServices/accounts"),)
            for kind in ("hosted", "served")
            for text in (_models(serving)[f"models-{kind}.yaml"],)
        ),
        (
            "PersistentVolume textnlp-model-files spec.csi.volumeAttributes.resourceGroup",
            name("Resources/resourceGroups", "platform"),
        ),
        (
            "PersistentVolume textnlp-model-files spec.csi.volumeAttributes.storageAccount",
            name("Storage/storageAccounts", "files"),
        ),
        (
            "Gateway textnlp spec.infrastructure.annotations.service.beta.kubernetes.io/azure-load-balancer-ipv4",
            cluster_address(region),
        ),
        ("SecretProviderClass gateway-certificate spec.parameters.keyvaultName", name("KeyVault/vaults")),
    }


def _models(manifests: Manifests) -> dict[str, str]:
    (found,) = [each["data"] for each in manifests.of("ConfigMap") if each["metadata"]["name"].startswith("models-")]
    return found


def _leaves(manifests: Manifests) -> Iterator[tuple[str, str]]:
    """Yield every value with where it stands; names that kustomize makes of contents are without their ends."""
    for each in manifests.all:
        name = re.sub(r"^(settings|models)-\w{10}$", r"\1", each["metadata"]["name"])
        for path, value in _values_of(each):
            text = re.sub(r"^(settings|models)-\w{10}$", r"\1", str(value))
            yield f"{each['kind']} {name} {path}", text


def _values_of(value: Any, at: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, inner in cast("dict[str, Any]", value).items():
            yield from _values_of(inner, f"{at}.{key}" if at else key)
    elif isinstance(value, list):
        for place, inner in enumerate(cast("list[Any]", value)):
            yield from _values_of(inner, f"{at}.{place}")
    else:
        yield at, value


def test_nothing_runs_in_the_recovery_region_until_it_serves_and_all_else_is_there() -> None:
    (ready,), waiting = [build(each) for each in _RECOVERY_OVERLAYS], build("standby")
    for process in own_processes():
        if process.name in ONE_OFFS:
            assert not waiting.has("Job", process.name, namespace())
            continue
        assert waiting.one("Deployment", process.name)["spec"]["replicas"] == 0
        if process.scales_on:
            annotations = waiting.one("ScaledObject", process.name)["metadata"]["annotations"]
            assert annotations == {"autoscaling.keda.sh/paused-replicas": "0"}
    names = {(each["kind"], each["metadata"]["name"]) for each in ready.all}
    assert names - {(each["kind"], each["metadata"]["name"]) for each in waiting.all} == {
        (kind, workloads.MIGRATIONS) for kind in ("Job", "NetworkPolicy")
    }
    assert not [each for each in ready.of("Deployment", namespace()) if "replicas" in each["spec"]]
    assert "paused" not in yaml.safe_dump_all(ready.all)


def read_environment(manifests: Manifests, process: Process) -> dict[str, str]:
    """Return the variables that a container of the process finds, as the kubelet puts them together."""
    maps = {each["metadata"]["name"]: each["data"] for each in manifests.of("ConfigMap")}
    kind = "Job" if process.name in ONE_OFFS else "Deployment"
    (main,) = manifests.one(kind, process.name)["spec"]["template"]["spec"]["containers"]
    found: dict[str, str] = {}
    for variable in main["env"]:
        source = variable.get("valueFrom", {}).get("configMapKeyRef")
        value = maps[source["name"]][source["key"]] if source else variable["value"]
        for name, known in found.items():
            value = value.replace(f"$({name})", known)
        found[variable["name"]] = value
    return found


@_EACH_PROCESS
def test_a_process_reads_settings_of_the_services_it_uses_and_of_no_other(process: Process) -> None:
    settings = read_settings(read_environment(production(), process))
    assert settings.database_url == (
        f"postgresql://{_name('ManagedIdentity/userAssignedIdentities', process.name)}"
        f"@{_name('DBforPostgreSQL/flexibleServers')}.postgres.database.azure.com/textnlp"
    )
    DatabaseAddress(str(settings.database_url), tokens=HandedTokens(SystemClock()))
    assert settings.authentication
    given = {
        "cache": settings.redis_url,
        "blobs": settings.blob_url,
        "messages": settings.queue_url,
        "events": settings.event_grid_url,
        "vault": settings.key_vault_url,
        "identity": settings.issuer,
        "logs": settings.application_insights,
        "models": settings.models,
    }
    assert {name for name, value in given.items() if value} == set(process.uses) - {"database"}


@pytest.mark.parametrize("name", ["models-hosted.yaml", "models-served.yaml"])
def test_the_models_file_is_one_that_the_platform_reads(name: str, tmp_path: Path) -> None:
    (models,) = [
        each["data"] for each in production().of("ConfigMap") if each["metadata"]["name"].startswith("models-")
    ]
    path = tmp_path / name
    path.write_text(models[name])
    catalog = read_models_file(path, built_in=set())
    assert {each.name for each in TOPOLOGY.model_deployments} <= set(catalog.deployments)
    settings = read_settings(read_environment(production(), TOPOLOGY.process(workloads.BATCH_WORKER)))
    assert settings.model in catalog.aliases
    assert ("vllm" in catalog.deployments) == (name == "models-served.yaml")


def test_a_worker_finds_its_model_server_where_that_listens() -> None:
    pod = production().one("Deployment", workloads.GENERATION_WORKER)["spec"]["template"]["spec"]
    (server,) = pod["initContainers"]
    assert server["restartPolicy"] == "Always", "what is no sidecar would never let the worker begin"
    (port,) = [each["containerPort"] for each in server["ports"]]
    served = yaml.safe_load(rendered()["overlays/prod/workloads/models-served.yaml"])["deployments"]["vllm"]
    assert served["base_url"] == f"http://127.0.0.1:{port}/v1"
    dockerfile = (ROOT / "docker" / "generation" / "Dockerfile").read_text()
    assert f"EXPOSE {port}\n" in dockerfile
    assert f'"--served-model-name", "{served["model"]}"' in dockerfile


def test_the_gateway_lets_every_route_through_but_the_metrics() -> None:
    platform = memory_platform()
    intake = BatchIntake(platform.batch_ports, open_source=platform.open_prompts, slice_rows=10)
    paths = {"/" + route.path.split("/")[1] for route in create_app(platform, intake=intake).routes}
    (rule,) = production().one("HTTPRoute", "api")["spec"]["rules"]
    assert {match["path"]["value"] for match in rule["matches"]} == paths - {"/metrics"}


def test_the_gateway_shows_the_certificate_of_the_vault() -> None:
    manifests = production()
    (listener,) = manifests.one("Gateway", "textnlp")["spec"]["listeners"]
    spec = manifests.one("SecretProviderClass", "gateway-certificate")["spec"]
    (synced,) = spec["secretObjects"]
    assert [each["name"] for each in listener["tls"]["certificateRefs"]] == [synced["secretName"]]
    assert {each["objectName"] for each in synced["data"]} == {SSL_CERTIFICATE}
    assert f"objectName: {SSL_CERTIFICATE}\n" in spec["parameters"]["objects"]


@pytest.mark.parametrize("percentage", TOPOLOGY.canary_percentages)
def test_a_canary_takes_its_share_and_is_a_deployment_of_its_own(percentage: int) -> None:
    manifests = build(f"canary/{percentage}")
    (rule,) = manifests.one("HTTPRoute", "api")["spec"]["rules"]
    shares = {each["name"]: each["weight"] for each in rule["backendRefs"]}
    assert shares == {"api": 100 - percentage, "api-canary": percentage}
    for name, track in (("api", "stable"), ("api-canary", "canary")):
        selector = manifests.one("Deployment", name)["spec"]["selector"]["matchLabels"]
        assert selector == manifests.one("Service", name)["spec"]["selector"]
        assert selector["textnlp.io/track"] == track
    assert manifests.one("HorizontalPodAutoscaler", "api-canary")["spec"]["scaleTargetRef"]["name"] == "api-canary"


def test_there_is_a_canary_for_every_step_and_no_other() -> None:
    steps = {path.name for path in (FOLDER / "canary").iterdir() if path.name != "server"}
    assert steps == {str(each) for each in TOPOLOGY.canary_percentages}


def test_what_comes_first_needs_nothing_that_comes_later() -> None:
    first = Manifests(
        tuple(each for each in production().all if "textnlp.io/applied" in each["metadata"].get("labels", {}))
    )
    assert {owner["metadata"]["name"] for owner, _ in first.with_pods()} >= {workloads.MIGRATIONS}
    missing = [each for each in reference_faults(first) if "selects no pod" not in each]
    assert missing == []
    assert first.has("Namespace", namespace(), None)


def test_what_the_page_names_is_there_and_what_it_builds_can_be_built() -> None:
    page = (ROOT / "docs" / "how-to" / "run-on-kubernetes.md").read_text()
    named = {each.rstrip(".") for each in re.findall(r"k8s/[\w./-]+", page)} - {"k8s/base/PROCESS"}
    assert [each for each in sorted(named) if not (ROOT / each).exists()] == []
    built = set(re.findall(r"(?:kustomize|-k) k8s/([\w/-]+)", page))
    assert {*_CANARIES, "overlays/prod", *_RECOVERY_OVERLAYS, "standby", "ray"} <= built
    assert all(build(each).all for each in built)
    accounts = set(re.findall(r"`([\w-]+)`", page.split("| account |")[1].split("\n\n")[0]))
    assert {each["metadata"]["name"] for each in production().of("ServiceAccount")} <= accounts


def _pod(manifests: Manifests, name: str, kind: str = "Deployment") -> Manifest:
    return manifests.one(kind, name)["spec"]["template"]["spec"]


def _main(manifests: Manifests, name: str, kind: str = "Deployment") -> Manifest:
    return _pod(manifests, name, kind)["containers"][0]


def _server(manifests: Manifests) -> Manifest:
    return containers(_pod(manifests, "batch-worker"))[0]


def _spec(manifests: Manifests, kind: str, name: str) -> Manifest:
    return manifests.one(kind, name)["spec"]


def _policy(manifests: Manifests, name: str) -> Manifest:
    (found,) = [p for p in manifests.of("NetworkPolicy", namespace()) if p["metadata"]["name"] == name]
    return found["spec"]


PLANTED: Mapping[str, Callable[[Manifests], object]] = {
    "Deployment api spec/template/spec/containers/0: Additional properties": lambda m: _main(m, "api").update(envs=[]),
    "api: has 3 to 200 replicas": lambda m: _spec(m, "HorizontalPodAutoscaler", "api").update(maxReplicas=200),
    "api: listens at [8080]": lambda m: _main(m, "api")["ports"][0].update(containerPort=8_080),
    "livenessProbe asks at web": lambda m: _main(m, "api")["livenessProbe"]["httpGet"].update(port="web"),
    "api: readinessProbe is ('/healthz', 5, 5)": lambda m: _main(m, "api")["readinessProbe"]["httpGet"].update(
        path="/healthz"
    ),
    "api: is killed before it has drained": lambda m: _pod(m, "api").update(terminationGracePeriodSeconds=30),
    "api: stops while calls are still sent to it": lambda m: _main(m, "api").pop("lifecycle"),
    "there is no ServiceAccount textnlp-api": lambda m: _pod(m, "api").update(serviceAccountName="textnlp-api"),
    "api: gets no token of its identity": lambda m: m.one("Deployment", "api")["spec"]["template"]["metadata"][
        "labels"
    ].pop("azure.workload.identity/use"),
    "api: its account has the identity 'replaced'": lambda m: m.one("ServiceAccount", "api")["metadata"][
        "annotations"
    ].update({"azure.workload.identity/client-id": "replaced"}),
    "generation-worker: grows with [('text-generation', '32')]": lambda m: _spec(
        m, "ScaledObject", "generation-worker"
    )["triggers"][0]["metadata"].update(queueName="text-generation"),
    "there is no TriggerAuthentication keda": lambda m: _spec(m, "ScaledObject", "generation-worker")["triggers"][0][
        "authenticationRef"
    ].update(name="keda"),
    "batch-worker: asks for other devices": lambda m: _server(m)["resources"]["requests"].pop("nvidia.com/gpu"),
    "batch-worker: takes (4000, 10000": lambda m: _server(m)["resources"]["limits"].update(cpu="9"),
    "batch-worker model-server: {'cpu': '9'": lambda m: _server(m)["resources"]["limits"].update(cpu="9"),
    "batch-worker: tolerates {": lambda m: _pod(m, "batch-worker")["tolerations"].pop(),
    "batch-worker: does not go to pool gpuspot": lambda m: _pod(m, "batch-worker").update(
        nodeSelector={"workload": "gpu"}
    ),
    "batch-worker: runs the images": lambda m: _server(m).update(image="registry/textnlp-vllm:0.1.0"),
    "textnlp-worker:latest names no version": lambda m: _main(m, "batch-worker").update(
        image="registry/textnlp-worker:latest"
    ),
    "webhook-worker: may write to its image": lambda m: _main(m, "webhook-worker")["securityContext"].update(
        readOnlyRootFilesystem=False
    ),
    "webhook-worker: mounts a token": lambda m: _pod(m, "webhook-worker").pop("automountServiceAccountToken"),
    "webhook-worker: may run as root": lambda m: _pod(m, "webhook-worker")["securityContext"].pop("runAsNonRoot"),
    "webhook-worker: reaches 10.0.4.0/24 port 10000": lambda m: _policy(m, "webhook-worker")["egress"][0][
        "ports"
    ].append({"protocol": "TCP", "port": 10_000}),
    "validation-worker: cannot reach 10.1.4.0/24 port 5432": lambda m: _policy(m, "validation-worker")["egress"][0][
        "to"
    ].pop(),
    "webhook-worker: reaches 0.0.0.0/0 port 443": lambda m: _policy(m, "webhook-worker")["egress"][1]["to"][0][
        "ipBlock"
    ].pop("except"),
    "batch-worker: lets in": lambda m: _policy(m, "batch-worker").update(
        ingress=[{"from": [{"podSelector": {}}], "ports": [{"protocol": "TCP", "port": 8_001}]}]
    ),
    "nothing denies what no policy allows": lambda m: _policy(m, "default-deny").update(policyTypes=["Ingress"]),
    "the weights do not make 100": lambda m: _spec(m, "HTTPRoute", "api")["rules"][0]["backendRefs"][1].update(
        weight=10
    ),
    "api-canary takes calls and has no pods": lambda m: _spec(m, "HTTPRoute", "api")["rules"][0].update(
        backendRefs=[{"name": "api", "port": 8_000, "weight": 90}, {"name": "api-canary", "port": 8_000, "weight": 10}]
    ),
    "is not where the listener listens": lambda m: _spec(m, "HTTPRoute", "api").update(hostnames=["api.example"]),
    "PodDisruptionBudget api: selects no pod": lambda m: _spec(m, "PodDisruptionBudget", "api")["selector"][
        "matchLabels"
    ].update({"app.kubernetes.io/name": "web"}),
    "the quota has 2 requests.nvidia.com/gpu": lambda m: _spec(m, "ResourceQuota", "textnlp")["hard"].update(
        {"requests.nvidia.com/gpu": "2"}
    ),
    "there is no PersistentVolumeClaim models": lambda m: _pod(m, "batch-worker")["volumes"][2][
        "persistentVolumeClaim"
    ].update(claimName="models"),
    "batch-worker: mounts the shares [('model-files', '/model', True)]": lambda m: _server(m)["volumeMounts"][0].update(
        mountPath="/model"
    ),
    "share model-files: its volume is ('models', 'nfs', '1024Gi')": lambda m: _spec(
        m, "PersistentVolume", "textnlp-model-files"
    )["csi"]["volumeAttributes"].update(shareName="models"),
    "TEXTNLP_MODELS is not in the config map settings": lambda m: _main(m, "api")["env"].append(
        {
            "name": "X",
            "valueFrom": {
                "configMapKeyRef": {
                    **_main(m, "api")["env"][1]["valueFrom"]["configMapKeyRef"],
                    "key": "TEXTNLP_MODELS",
                }
            },
        }
    ),
    "migrations: runs ['serve', 'api']": lambda m: _main(m, "migrations", "Job").update(args=["serve", "api"]),
    "there is no priority urgent": lambda m: _pod(m, "api").update(priorityClassName="urgent"),
}

_PLANTED_IN_CUSTOM: Mapping[str, Callable[[Manifests], object]] = {
    "ScaledObject batch-worker spec: Additional properties": lambda m: _spec(m, "ScaledObject", "batch-worker").update(
        minReplicas=0
    ),
    "Gateway textnlp spec/listeners/0/tls/mode": lambda m: _spec(m, "Gateway", "textnlp")["listeners"][0]["tls"].update(
        mode="terminate"
    ),
    "SecretProviderClass gateway-certificate spec/secretObjects": lambda m: _spec(
        m, "SecretProviderClass", "gateway-certificate"
    )["secretObjects"][0].update(secretname="x"),
    "TriggerAuthentication scaler spec/podIdentity/provider": lambda m: _spec(m, "TriggerAuthentication", "scaler")[
        "podIdentity"
    ].update(provider="azure"),
}


def _told(fault: str, plant: Callable[[Manifests], object]) -> Iterator[str]:
    manifests = production()
    plant(manifests)
    found = all_faults(manifests)
    if not any(fault in each for each in found):
        yield f"{fault!r} is not in {found}"


@pytest.mark.parametrize("fault", PLANTED)
def test_a_planted_mistake_is_found(fault: str) -> None:
    assert list(_told(fault, PLANTED[fault])) == []


@_CUSTOM
@pytest.mark.parametrize("fault", _PLANTED_IN_CUSTOM)
def test_a_mistake_planted_in_a_custom_resource_is_found(fault: str) -> None:
    assert list(_told(fault, _PLANTED_IN_CUSTOM[fault])) == []


def test_manifests_without_a_mistake_have_none() -> None:
    assert all_faults(production()) == []


def test_names_of_settings_are_those_of_the_platform() -> None:
    known = {name for each in Settings.model_fields.values() for name in [(each.description or "").split(":")[0]]}
    used: set[Any] = {key for process in own_processes() for key in read_environment(production(), process)}
    assert used - known == {"DATABASE_HOST", "DATABASE_ROLES"}
