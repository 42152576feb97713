from textnlp_infra.arm import Resource
from textnlp_infra.environments import environment
from textnlp_infra.stacks.compute import Compute
from textnlp_infra.stacks.foundation import build_foundation
from textnlp_infra.stacks.platform import build_platform


def _built(name: str) -> Compute:
    env = environment(name)
    return build_platform(env, build_foundation(env)).compute


_PROD = _built("prod")


def test_every_region_has_a_cluster_and_models() -> None:
    assert list(_PROD.clusters) == list(_PROD.models) == ["eastus2", "centralus"]
    assert list(_built("dev").clusters) == ["eastus2"]


def test_processes_are_told_of_the_writer_whichever_server_it_is() -> None:
    assert _PROD.addresses.database == "textnlp.writer.postgres.database.azure.com"
    assert _built("dev").addresses.database == "psql-textnlp-dev-eus2.postgres.database.azure.com"


def test_an_identity_gets_the_credentials_of_one_cluster_after_another() -> None:
    first, second = (_PROD.components[f"federation-{region}"] for region in _PROD.clusters)
    assert not any(credential.after for credential in first)
    assert all(set(first) <= set(credential.after) for credential in second)


def test_clusters_wait_for_the_roles_of_their_identities() -> None:
    grants = set(_PROD.components["cluster-grants"])
    for built in _PROD.clusters.values():
        assert grants <= {use for use in built.cluster.uses() if isinstance(use, Resource)}
