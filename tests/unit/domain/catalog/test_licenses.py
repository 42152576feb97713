import pytest

from textnlp.domain.catalog.licenses import read_license
from textnlp.domain.errors import ErrorKind, TextNLPError


@pytest.mark.parametrize(
    ("text", "license_name"),
    [
        ("mit", "MIT"),
        ("cc-by-sa-4.0", "CC-BY-SA-4.0"),
        ("apache-2.0 or MIT", "Apache-2.0 OR MIT"),
        ("GPL-2.0-only with Classpath-exception-2.0", "GPL-2.0-only WITH Classpath-exception-2.0"),
        ("LicenseRef-House", "LicenseRef-House"),
    ],
)
def test_a_license_is_written_as_spdx_writes_it(text: str, license_name: str) -> None:
    assert read_license(text) == license_name


@pytest.mark.parametrize("text", ["", "CC-BY", "free", "MIT AND", "proprietary", "MIT; drop table"])
def test_what_spdx_does_not_list_is_refused(text: str) -> None:
    with pytest.raises(TextNLPError) as caught:
        read_license(text)
    assert (caught.value.kind, caught.value.facts.field) == (ErrorKind.INVALID_INPUT, "license")


def test_what_was_likely_meant_is_said() -> None:
    with pytest.raises(TextNLPError) as caught:
        read_license("Apache 2.0")
    assert "Did you mean Apache-2.0?" in (caught.value.facts.hint or "")
