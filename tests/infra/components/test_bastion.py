from tests.infra.components.edge_parts import edge
from tests.infra.estate_parts import body, of_type, properties


def test_people_tunnel_in_and_copy_nothing_out() -> None:
    for name in ("prod", "dev"):
        (bastion,) = of_type(edge(name).components["bastion"], "bastionHosts")
        told = properties(bastion)
        assert body(bastion)["sku"] == {"name": "Standard"}
        assert told["enableTunneling"] is True
        assert (told["enableShareableLink"], told["enableFileCopy"], told["disableCopyPaste"]) == (False, False, True)
        assert "AzureBastionSubnet" in told["ipConfigurations"][0]["properties"]["subnet"]["id"]
