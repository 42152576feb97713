import pytest

from textnlp.api.error_examples import error_responses
from textnlp.api.openapi import Description
from textnlp.api.problems import STATUSES
from textnlp.api.schemas.generation import GenerationCreate
from textnlp.api.schemas.openai_error import OpenAIErrorRead
from textnlp.domain.errors import ErrorKind


def test_a_route_for_everybody_that_takes_nothing_can_only_fail_inside() -> None:
    assert set(error_responses(Description(), has_path_parameters=False)) == {"500"}


def test_a_body_can_be_unreadable_wrong_in_a_field_or_too_large() -> None:
    found = error_responses(Description(body=GenerationCreate), has_path_parameters=False)
    assert set(found) == {"400", "413", "422", "500"}
    assert found["422"]["examples"]["invalid_input_field"]["value"]["field"] == "parameters.temperature"
    assert found["400"]["examples"]["invalid_input"]["value"]["line"] == 3


def test_openais_clients_are_shown_their_own_shape_and_statuses() -> None:
    description = Description(body=GenerationCreate, error=OpenAIErrorRead)
    found = error_responses(description, has_path_parameters=True)
    assert set(found) == {"400", "404", "413", "500"}
    assert {"invalid_input", "invalid_input_field"} == set(found["400"]["examples"])
    assert found["400"]["examples"]["invalid_input"]["value"]["error"]["type"] == "invalid_request_error"


@pytest.mark.parametrize("kind", [ErrorKind.CONFLICT, ErrorKind.NOT_FOUND, ErrorKind.RATE_LIMITED])
def test_what_a_route_says_it_raises_is_listed_with_its_title(kind: ErrorKind) -> None:
    status, title = STATUSES[kind]
    found = error_responses(Description(raises=(kind,)), has_path_parameters=False)
    assert found[str(status.value)]["titles"] == [title]
    assert found[str(status.value)]["examples"][kind.value]["value"]["code"] == kind.value
