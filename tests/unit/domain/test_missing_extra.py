from textnlp.domain.errors import ErrorKind
from textnlp.domain.missing_extra import missing_extra


def test_it_says_what_to_install_and_which_setting_asked_for_it() -> None:
    error = missing_extra("The library is not installed.", extra="azure", field="blob_url")
    assert error.kind is ErrorKind.INVALID_INPUT
    assert error.full_text == "The library is not installed. Install it: pip install 'textnlp[azure]'"
    assert error.facts.field == "blob_url"
