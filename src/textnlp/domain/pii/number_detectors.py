"""Numbers that stand for people, accounts, cards and machines."""

import ipaddress
import re
from collections.abc import Callable
from datetime import date
from re import Match

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
from textnlp.domain.pii.model import Detector, PiiType

_CENTURY_MONTHS = {0: 1900, 20: 2000, 40: 2100, 60: 2200, 80: 1800}
_IBAN_LENGTHS = {
    "AD": 24,
    "AE": 23,
    "AL": 28,
    "AT": 20,
    "AZ": 28,
    "BA": 20,
    "BE": 16,
    "BG": 22,
    "BH": 22,
    "BR": 29,
    "BY": 28,
    "CH": 21,
    "CR": 22,
    "CY": 28,
    "CZ": 24,
    "DE": 22,
    "DK": 18,
    "DO": 28,
    "EE": 20,
    "EG": 29,
    "ES": 24,
    "FI": 18,
    "FO": 18,
    "FR": 27,
    "GB": 22,
    "GE": 22,
    "GI": 23,
    "GL": 18,
    "GR": 27,
    "GT": 28,
    "HR": 21,
    "HU": 28,
    "IE": 22,
    "IL": 23,
    "IS": 26,
    "IT": 27,
    "JO": 30,
    "KW": 30,
    "KZ": 20,
    "LB": 28,
    "LI": 21,
    "LT": 20,
    "LU": 20,
    "LV": 21,
    "MC": 27,
    "MD": 24,
    "ME": 22,
    "MK": 19,
    "MR": 27,
    "MT": 31,
    "MU": 30,
    "NL": 18,
    "NO": 15,
    "PK": 24,
    "PL": 28,
    "PS": 29,
    "PT": 25,
    "QA": 29,
    "RO": 24,
    "RS": 22,
    "SA": 24,
    "SE": 24,
    "SI": 19,
    "SK": 24,
    "SM": 27,
    "TN": 24,
    "TR": 26,
    "UA": 29,
    "VG": 24,
    "XK": 20,
}
_CARD = re.compile(
    r"4\d{12}(?:\d{3}){0,2}|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}"
    r"|3(?:0[0-5]|[68]\d)\d{11}|6(?:011|5\d\d|4[4-9]\d)\d{12}|35(?:2[89]|[3-8]\d)\d{12}"
)
_NOT_INSIDE = r"(?<![\w.-])"
_ENDS = r"(?![\w-]|\.\d)"


def _digits(match: Match[str]) -> str:
    return re.sub(r"\D", "", match[0])


def _signs(match: Match[str]) -> str:
    return re.sub(r"[\s.-]", "", match[0]).upper()


def _id(
    locale: str,
    pattern: str,
    confirm: Callable[[Match[str]], bool],
    *,
    context: str | None = None,
    why: str = "check digits",
) -> Detector:
    return Detector(
        type=PiiType.NATIONAL_ID,
        locale=locale,
        pattern=re.compile(_NOT_INSIDE + pattern + _ENDS),
        why=why,
        confirm=confirm,
        context=None if context is None else re.compile(context, re.IGNORECASE),
    )


def _is_card(match: Match[str]) -> bool:
    digits = _digits(match)
    return _CARD.fullmatch(digits) is not None and is_luhn(digits)


def _is_iban(match: Match[str]) -> bool:
    text = _signs(match)
    return _IBAN_LENGTHS.get(text[:2]) == len(text) and is_mod_97(text)


def _is_address(match: Match[str]) -> bool:
    try:
        ipaddress.ip_address(match[0])
    except ValueError:
        return False
    return True


def _is_long_address(match: Match[str]) -> bool:
    """Tell an address of IPv6 from a time: it has a group of three digits."""
    return re.search(r"[0-9A-Fa-f]{3}", match[0]) is not None and _is_address(match)


def _is_date(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _is_pesel(match: Match[str]) -> bool:
    digits = match[0]
    month = int(digits[2:4])
    century = _CENTURY_MONTHS.get(month // 20 * 20)
    is_born = century is not None and _is_date(century + int(digits[:2]), month % 20, int(digits[4:6]))
    return is_born and is_weighted(digits, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1), 10)


def _is_personnummer(match: Match[str]) -> bool:
    digits = _digits(match)[-10:]
    day = int(digits[4:6])
    return _is_date(2000, int(digits[2:4]), day - 60 if day > 60 else day) and is_luhn(digits)  # noqa: PLR2004


def _is_resident(match: Match[str]) -> bool:
    text = match[0]
    return _is_date(int(text[6:10]), int(text[10:12]), int(text[12:14])) and is_mod_11_2(text)


def _is_tax_number(match: Match[str]) -> bool:
    digits = _digits(match)
    return digits[0] != "0" and len(set(digits[:10])) in {8, 9} and is_mod_11_10(digits)


NUMBER_DETECTORS: tuple[Detector, ...] = (
    Detector(
        type=PiiType.IBAN,
        locale=None,
        pattern=re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b"),
        why="check digits",
        confirm=_is_iban,
    ),
    Detector(
        type=PiiType.CARD,
        locale=None,
        pattern=re.compile(r"(?<![\w.-])\d(?:[ -]?\d){11,18}(?![\w-]|\.\d)"),
        why="check digit",
        confirm=_is_card,
    ),
    _id(
        "en_US",
        r"(?!000|666|9\d\d)\d{3}-(?!00)\d\d-(?!0000)\d{4}",
        lambda match: match[0] not in {"078-05-1120", "219-09-9999"},
        why="form",
    ),
    _id(
        "en_GB",
        r"(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d\d ?\d\d ?\d\d ?[A-D]",
        lambda _: True,
        why="form",
    ),
    _id("de_DE", r"\d{2} ?\d{3} ?\d{3} ?\d{3}", _is_tax_number, context=r"steuer|idnr|tin\b|tax"),
    _id("fr_FR", r"[12] ?\d\d ?(?:0[1-9]|1[0-2]) ?(?:\d\d|2[AB]) ?\d{3} ?\d{3} ?\d\d", lambda m: is_nir(_signs(m))),
    _id("es_ES", r"(?:\d{8}|[XYZ]-?\d{7})-?[A-HJ-NP-TV-Z]", lambda match: is_dni(_signs(match))),
    _id(
        "it_IT",
        r"[A-Z]{6}\d\d[A-EHLMPR-T]\d\d[A-Z]\d{3}[A-Z]",
        lambda match: is_codice_fiscale(match[0]),
    ),
    _id(
        "nl_NL",
        r"\d{9}",
        lambda match: is_weighted(match[0], (9, 8, 7, 6, 5, 4, 3, 2, -1), 11),
        context=r"bsn|burgerservice",
    ),
    _id("pl_PL", r"\d{11}", _is_pesel),
    _id("sv_SE", r"(?:19|20)?\d{6}[-+]\d{4}", _is_personnummer),
    _id("pt_BR", r"\d{3}\.\d{3}\.\d{3}-\d\d", lambda match: is_cpf(_digits(match))),
    _id("pt_BR", r"\d\d\.\d{3}\.\d{3}/\d{4}-\d\d", lambda match: is_cnpj(_digits(match))),
    _id("hi_IN", r"[2-9]\d{3} \d{4} \d{4}", lambda match: is_verhoeff(_digits(match))),
    _id("zh_CN", r"[1-8]\d{5}(?:19|20)\d{9}[\dXx]", _is_resident),
    Detector(
        type=PiiType.MAC_ADDRESS,
        locale=None,
        pattern=re.compile(
            r"(?<![\w:-])(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}(?![\w:-])|(?<![\w-])(?:[0-9A-F]{2}-){5}[0-9A-F]{2}(?![\w-])"
        ),
        why="form",
    ),
    Detector(
        type=PiiType.IP_ADDRESS,
        locale=None,
        pattern=re.compile(r"(?<![\w.])(?<![vV]ersion )(?<!\b[vV] )\d{1,3}(?:\.\d{1,3}){3}(?![\w]|\.\d)"),
        why="form",
        confirm=_is_address,
    ),
    Detector(
        type=PiiType.IP_ADDRESS,
        locale=None,
        pattern=re.compile(r"(?<![\w:.])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{1,4}(?![\w:])"),
        why="form",
        confirm=_is_long_address,
    ),
)
"""Numbers with a form of their own, those with check digits first."""
