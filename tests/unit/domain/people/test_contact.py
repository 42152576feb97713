import pytest
from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.people.contact import fill, fold, write_email, write_phone

LARGE = st.integers(0, 2**62 - 1)


@given(LARGE)
def test_a_pattern_is_filled_sign_by_sign(number: int) -> None:
    written = fill("X% #@-9", number=number, letters="AB")
    assert len(written) == 7
    assert written[0] == "X"
    assert written[1] in "123456789"
    assert written[3] in "0123456789"
    assert written[4] in "AB"
    assert written[5:] == "-9"


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Łukasz", "lukasz"),
        ("D'Amico", "damico"),
        ("María del Carmen", "mariadelcarmen"),
        ("Åke", "ake"),
        ("Groß", "gross"),
    ],
)
def test_names_are_folded_to_plain_letters(name: str, folded: str) -> None:
    assert fold(name, folding=()) == folded


def test_a_locale_may_fold_letters_its_own_way() -> None:
    assert fold("Müller", folding=(("ü", "ue"),)) == "mueller"


@given(LARGE)
def test_an_address_has_two_to_four_digits(number: int) -> None:
    local, _, domain = write_email("ada", family="byron", number=number).partition("@")
    assert local.startswith("ada.byron")
    assert 2 <= len(local.removeprefix("ada.byron")) <= 4
    assert local.removeprefix("ada.byron").isdecimal()
    assert domain in {"example.com", "example.org", "example.net"}


@given(LARGE)
def test_a_telephone_number_is_of_the_city_or_the_country_or_absent(number: int) -> None:
    assert write_phone((), country=(), number=number) is None
    assert write_phone(("1",), country=(), number=number) == "1"
    assert write_phone((), country=("2", "3"), number=number) in {"2", "3"}
    assert write_phone(("1",), country=("2",), number=number) == ("1", "2")[number % 2]
