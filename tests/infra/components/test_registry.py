from textnlp_infra.components.identities import KUBELET
from textnlp_infra.environments import environment
from textnlp_infra.stacks.foundation import build_foundation


def test_images_are_copied_into_every_other_region() -> None:
    copies = [item for item in build_foundation(environment("prod")).registry.resources if "replications" in item.type]
    assert [(copy.name, copy.location) for copy in copies] == [("centralus", "centralus")]
    dev = build_foundation(environment("dev")).registry.resources
    assert not [item for item in dev if "replications" in item.type]


def test_machines_may_pull_and_nobody_else_is_let_in() -> None:
    foundation = build_foundation(environment("prod"))
    (assignment,) = [item for item in foundation.registry.resources if item.type.endswith("/roleAssignments")]
    assert foundation.identities.by_name[KUBELET] in list(assignment.uses())
