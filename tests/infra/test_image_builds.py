"""The images of the API and of the workers, really built."""

import json

import pytest

from tests.infra.image_builds import ImageBuilder, why_not

pytestmark = [
    pytest.mark.skipif(why_not() is not None, reason=str(why_not())),
    pytest.mark.timeout(1_800),
]


@pytest.fixture(scope="module")
def builder(tmp_path_factory: pytest.TempPathFactory) -> ImageBuilder:
    made = ImageBuilder(tmp_path_factory.mktemp("images"))
    made.make_base()
    return made


@pytest.fixture(scope="module", params=["api", "worker"])
def image(request: pytest.FixtureRequest, builder: ImageBuilder) -> str:
    return builder.build(request.param)


def test_an_image_runs_the_command_as_nobody_in_particular(builder: ImageBuilder, image: str) -> None:
    assert builder.inspect(image, "{{.OCIv1.Config.User}}") == "10001:10001"
    assert builder.run(image, "textnlp", "--version").startswith("textnlp ")


def test_an_image_holds_the_list_of_what_is_in_it(builder: ImageBuilder, image: str) -> None:
    place = builder.inspect(image, '{{index .OCIv1.Config.Labels "io.textnlp.sbom"}}')
    listed = {part["name"] for part in json.loads(builder.run(image, "cat", place))["components"]}
    assert {"granian", "azure-servicebus"} <= listed
    assert "xllamacpp" not in listed


def test_a_process_without_a_database_says_what_it_needs(builder: ImageBuilder, image: str) -> None:
    with pytest.raises(AssertionError, match="DATABASE_URL"):
        builder.run(image, "textnlp", "serve", "api")
