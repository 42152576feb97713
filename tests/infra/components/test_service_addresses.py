from tests.infra.estate_parts import addresses, parts
from textnlp.settings import Settings, variable_name
from textnlp.topology.catalog import TOPOLOGY
from textnlp_infra.arm.expression import written
from textnlp_infra.components.identities import KUBELET
from textnlp_infra.components.service_addresses import SettingValue

_API = parts().foundation.identities.by_name["api"]


_USED = TOPOLOGY.process("api").uses


def _told() -> dict[str, SettingValue]:
    return addresses().settings(_API, _USED)


def test_every_variable_is_one_that_a_process_reads() -> None:
    known = {variable_name(field) for field in Settings.model_fields}
    assert set(_told()) - known == {"AZURE_CLIENT_ID"}


def test_a_process_signs_in_to_the_database_by_the_name_of_its_identity() -> None:
    assert written(_told()["DATABASE_URL"], None) == (
        "[concat('postgresql://id-textnlp-prod-eus2-api@', 'psql-textnlp-prod-eus2.postgres.database.azure.com', "
        "'/textnlp?sslmode=verify-full')]"
    )
    assert _told()["TEXTNLP_DATABASE_AUTHENTICATION"] == "entra"


def test_services_are_named_as_a_process_asks_for_them() -> None:
    told = _told()
    assert told["TEXTNLP_QUEUE_URL"] == "servicebus://sbns-textnlp-prod-eus2.servicebus.windows.net"
    assert told["TEXTNLP_BLOB_URL"] == "azure://stnlpprodeus2data"
    assert told["TEXTNLP_BASE_URL"] == "https://aif-textnlp-prod-eus2.openai.azure.com/openai/v1"


def test_another_identity_changes_who_signs_in_and_nothing_else() -> None:
    other = addresses().settings(parts().foundation.identities.by_name[KUBELET], _USED)
    changed = {name for name, value in _told().items() if written(value, None) != written(other[name], None)}
    assert changed == {"AZURE_CLIENT_ID", "DATABASE_URL"}


def test_a_process_is_told_of_what_it_uses_and_of_nothing_else() -> None:
    told = addresses().settings(_API, TOPOLOGY.process("migrations").uses)
    assert set(told) == {
        "APPLICATIONINSIGHTS_CONNECTION_STRING",
        "AZURE_CLIENT_ID",
        "DATABASE_URL",
        "TEXTNLP_DATABASE_AUTHENTICATION",
    }


def test_only_production_has_the_declared_audience() -> None:
    assert addresses().audience == TOPOLOGY.application.audience
    assert addresses("dev").audience == f"{TOPOLOGY.application.audience}-dev"
