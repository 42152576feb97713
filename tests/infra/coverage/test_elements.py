from collections import Counter

from tests.architecture.source_tree import ROOT, require_none
from textnlp_infra.coverage.covered import covered_resources
from textnlp_infra.coverage.element import uncovered
from textnlp_infra.coverage.elements import ELEMENTS

_HEADINGS = {
    "Architecture overview": 24,
    "1. Network architecture": 9,
    "2. Container orchestration": 9,
    "3. API Management": 4,
    "4. AI and ML infrastructure": 5,
    "5. Data storage architecture": 15,
    "6. Message queue and event processing": 7,
    "7. Serverless components": 4,
    "8. Security implementation": 6,
    "9. Monitoring and observability": 5,
    "10. Disaster recovery": 6,
    "11. Cost optimization": 5,
    "12. Deployment pipeline": 3,
    "Implementation timeline": 1,
}
"""Elements under each heading of the design, in its order."""


def test_every_element_has_its_resources_and_files() -> None:
    require_none(uncovered(ELEMENTS, covered_resources, ROOT), "build it")


def test_no_heading_and_no_element_of_the_design_is_lost() -> None:
    assert dict(Counter(element.heading for element in ELEMENTS)) == _HEADINGS
    assert list(dict.fromkeys(element.heading for element in ELEMENTS)) == list(_HEADINGS)


def test_the_same_element_is_named_once_under_a_heading() -> None:
    named = Counter((element.heading, element.name) for element in ELEMENTS)
    assert [name for name, count in named.items() if count > 1] == []
