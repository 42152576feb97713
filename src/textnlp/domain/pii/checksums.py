"""Check digits of numbers that stand for people, accounts and cards."""

from collections.abc import Sequence

_DNI_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"
_RESIDENT_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_FISCAL_SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_FISCAL_VALUES = (
    *(1, 0, 5, 7, 9, 13, 15, 17, 19, 21),
    *(1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23),
)
_FISCAL_ODD = dict(zip(_FISCAL_SIGNS, _FISCAL_VALUES, strict=True))
_VERHOEFF_PRODUCT = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    (1, 2, 3, 4, 0, 6, 7, 8, 9, 5),
    (2, 3, 4, 0, 1, 7, 8, 9, 5, 6),
    (3, 4, 0, 1, 2, 8, 9, 5, 6, 7),
    (4, 0, 1, 2, 3, 9, 5, 6, 7, 8),
    (5, 9, 8, 7, 6, 0, 4, 3, 2, 1),
    (6, 5, 9, 8, 7, 1, 0, 4, 3, 2),
    (7, 6, 5, 9, 8, 2, 1, 0, 4, 3),
    (8, 7, 6, 5, 9, 3, 2, 1, 0, 4),
    (9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
)
_VERHOEFF_TURN = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)


def is_luhn(digits: str) -> bool:
    """Whether digits satisfy ISO/IEC 7812-1, annex B (Luhn, US patent 2,950,048)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value  # noqa: PLR2004  the digits of a product are added
    return total % 10 == 0


def is_mod_97(text: str) -> bool:
    """Whether an IBAN satisfies ISO 7064, mod 97-10, read from its fifth character on."""
    turned = text[4:] + text[:4]
    return int("".join(str(int(sign, 36)) for sign in turned)) % 97 == 1


def is_verhoeff(digits: str) -> bool:
    """Whether digits satisfy Verhoeff, "Error Detecting Decimal Codes" (1969)."""
    check, turned = 0, list(range(10))
    for digit in reversed(digits):
        check = _VERHOEFF_PRODUCT[check][turned[int(digit)]]
        turned = [turned[each] for each in _VERHOEFF_TURN]
    return check == 0


def is_mod_11_10(digits: str) -> bool:
    """Whether digits satisfy ISO 7064, mod 11,10, as Germany's tax number does."""
    product = 10
    for digit in digits[:-1]:
        total = (int(digit) + product) % 10 or 10
        product = total * 2 % 11
    return (11 - product) % 10 == int(digits[-1])


def is_mod_11_2(text: str) -> bool:
    """Whether seventeen digits and a check sign (X for ten) satisfy ISO 7064, mod 11-2, as China's number does."""
    total = sum(int(digit) * weight for digit, weight in zip(text, _RESIDENT_WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == text[17].upper()


def is_weighted(digits: str, weights: Sequence[int], modulus: int) -> bool:
    """Whether the weighted sum of digits is a multiple."""
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True)) % modulus == 0


def is_dni(text: str) -> bool:
    """Whether Spain's number carries its letter; a foreigner's begins with X, Y or Z for 0, 1 or 2."""
    number = text[:-1].translate(str.maketrans("XYZ", "012"))
    return _DNI_LETTERS[int(number) % 23] == text[-1]


def is_nir(text: str) -> bool:
    """Whether France's number ends with 97 less the rest by 97; 2A and 2B of Corsica count as 19 and 18."""
    number = text[:13].replace("2A", "19").replace("2B", "18")
    return 97 - int(number) % 97 == int(text[13:])


def is_codice_fiscale(text: str) -> bool:
    """Whether Italy's code carries its last letter (decree of 23 December 1976)."""
    total = 0
    for place, sign in enumerate(text[:15]):
        even = int(sign) if sign.isdigit() else ord(sign) - ord("A")
        total += even if place % 2 else _FISCAL_ODD[sign]
    return chr(ord("A") + total % 26) == text[15]


def is_cpf(digits: str) -> bool:
    """Whether Brazil's number of a person carries its two check digits; eleven equal digits are none."""
    return len(set(digits)) > 1 and all(_brazil(digits, size, range(size + 1, 1, -1)) for size in (9, 10))


def is_cnpj(digits: str) -> bool:
    """Whether Brazil's number of a company carries its two check digits."""
    weights = (6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)
    return len(set(digits)) > 1 and all(_brazil(digits, size, weights[13 - size :]) for size in (12, 13))


def _brazil(digits: str, size: int, weights: Sequence[int]) -> bool:
    rest = sum(int(digit) * weight for digit, weight in zip(digits[:size], weights, strict=True)) % 11
    return int(digits[size]) == (0 if rest < 2 else 11 - rest)  # noqa: PLR2004  eleven and ten have no digit
