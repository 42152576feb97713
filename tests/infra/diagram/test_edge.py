from textnlp_infra.coverage.covered import covered_resources
from textnlp_infra.diagram.edge import edges_of


def _said() -> list[tuple[str, str, str]]:
    return [(_end(edge.start), edge.says, _end(edge.end)) for edge in edges_of(covered_resources())]


def _end(end: tuple[str, str]) -> str:
    region, part = end
    return f"{region} {part.rpartition('/')[2]}"


def test_a_call_goes_from_front_door_to_the_cluster_of_each_region() -> None:
    said = _said()
    for region, short in (("eastus2", "eus2"), ("centralus", "cus")):
        assert ("global afd-textnlp-prod-eus2", "private link", f"{region} agw-textnlp-prod-{short}") in said
        assert (f"{region} agw-textnlp-prod-{short}", "calls", f"{region} apim-textnlp-prod-eus2") in said
        assert (f"{region} apim-textnlp-prod-eus2", "calls", f"{region} cpu") in said


def test_data_is_copied_to_the_other_region() -> None:
    said = _said()
    assert ("eastus2 psql-textnlp-prod-eus2", "replica", "centralus psql-textnlp-prod-cus") in said
    assert any(way == "both ways" and "amr-textnlp-prod-eus2" in start for start, way, _ in said)
