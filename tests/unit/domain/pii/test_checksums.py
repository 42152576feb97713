import pytest

from textnlp.domain.pii.checksums import (
    is_cnpj,
    is_codice_fiscale,
    is_cpf,
    is_dni,
    is_luhn,
    is_mod_11_2,
    is_mod_11_10,
    is_mod_97,
    is_nir,
    is_verhoeff,
    is_weighted,
)


def test_published_examples_are_right() -> None:
    assert is_luhn("79927398713")  # ISO/IEC 7812's usual example
    assert is_luhn("4111111111111111")
    assert is_mod_97("GB82WEST12345698765432")  # ISO 13616's example
    assert is_mod_97("DE89370400440532013000")
    assert is_verhoeff("2363")  # Verhoeff's example: 236 has the check digit 3
    assert is_mod_11_10("86095742719")  # of Germany's tax office
    assert is_mod_11_2("11010519491231002X")  # GB 11643-1999
    assert is_dni("12345678Z")
    assert is_dni("X1234567L")
    assert is_nir("255081416802538")
    assert is_codice_fiscale("RSSMRA85T10A562S")
    assert is_cpf("52998224725")
    assert is_cnpj("11444777000161")
    assert is_weighted("44051401359", (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1), 10)  # PESEL
    assert is_weighted("111222333", (9, 8, 7, 6, 5, 4, 3, 2, -1), 11)  # BSN


@pytest.mark.parametrize(
    ("check", "number"),
    [
        (is_luhn, "79927398713"),
        (is_mod_97, "GB82WEST12345698765432"),
        (is_verhoeff, "2363"),
        (is_mod_11_10, "86095742719"),
        (is_cpf, "52998224725"),
        (is_cnpj, "11444777000161"),
        (is_nir, "255081416802538"),
    ],
)
def test_one_wrong_digit_is_noticed(check: object, number: str) -> None:
    assert callable(check)
    for place, sign in enumerate(number):
        if sign.isdigit():
            for other in "0123456789":
                if other != sign:
                    assert not check(number[:place] + other + number[place + 1 :])


def test_equal_digits_are_nobodys() -> None:
    assert not is_cpf("11111111111")
    assert not is_cnpj("00000000000000")
