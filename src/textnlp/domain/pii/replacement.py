"""What stands in the place of personal data."""

import hashlib
from collections.abc import Callable, Mapping, Sequence

from textnlp.domain.people.contact import EMAIL_DOMAINS
from textnlp.domain.pii.model import Finding, PiiType
from textnlp.domain.pii.name_detector import known_names

_DIGEST_BYTES = 8
_SHOWN_CHARACTERS = 2


def redacted(text: str, findings: Sequence[Finding]) -> str:
    """Return the text with a mark such as `[EMAIL]` in the place of each finding."""
    return _rewritten(text, findings, lambda finding: f"[{finding.type.upper()}]")


def masked(text: str, finding: Finding) -> str:
    """Return a finding so that it can be told without being given away: its first letters and its length."""
    found = text[finding.start : finding.end]
    return f"{found[:_SHOWN_CHARACTERS]}… ({len(found)} characters)"


class Replacer:
    """Puts invented values in the place of real ones, the same one for the same value throughout a dataset.

    Values follow from BLAKE2b of the real one, keyed by `key`, so that nobody without the key can tell which was which.
    Names come from the package's tables; everything else is from ranges that are kept free or were never given out, as
    example domains (RFC 2606), 555-01xx and documentation networks (RFC 5737, RFC 3849) are.
    """

    def __init__(self, *, key: bytes) -> None:
        self._key = key[:64]
        given, family = known_names()
        self._given = sorted(name for name in given if name.isascii())
        self._family = sorted(name for name in family if name.isascii())

    def replaced(self, text: str, findings: Sequence[Finding]) -> str:
        """Return the text with invented values."""
        return _rewritten(text, findings, lambda finding: self._invented(finding, text[finding.start : finding.end]))

    def _invented(self, finding: Finding, value: str) -> str:
        folded = " ".join(value.lower().split())
        digest = hashlib.blake2b(folded.encode(), key=self._key, digest_size=_DIGEST_BYTES, person=b"pii").digest()
        number = int.from_bytes(digest, "big")
        match finding.type:
            case PiiType.NAME:
                return self._name(number, has_family=" " in value)
            case PiiType.EMAIL:
                name = self._name(number, has_family=True).lower().replace(" ", ".").replace("'", "")
                return f"{name}{number % 97}@{EMAIL_DOMAINS[number % len(EMAIL_DOMAINS)]}"
            case PiiType.IP_ADDRESS if ":" in value:
                return f"2001:db8::{number % 65_536:x}"
            case PiiType.SECRET:
                return _like(number, value)
            case _:
                return _FREE[finding.type](number)

    def _name(self, number: int, *, has_family: bool) -> str:
        given = self._given[number % len(self._given)]
        return f"{given} {self._family[number // 7 % len(self._family)]}" if has_family else given


def _like(number: int, value: str) -> str:
    """Return a value of the same form: other digits for digits, other letters for letters."""
    written: list[str] = []
    for sign in value:
        if sign.isdigit():
            number, digit = divmod(number + 7919 * len(written), 10)
            written.append(str(digit))
        elif sign.isalpha() and sign.isascii():
            number, letter = divmod(number + 7919 * len(written), 26)
            written.append(chr((ord("A") if sign.isupper() else ord("a")) + letter))
        else:
            written.append(sign)
    return "".join(written)


_FREE: Mapping[PiiType, Callable[[int], str]] = {
    PiiType.PHONE: lambda number: f"+1 {201 + number % 780}-555-01{number // 780 % 100:02}",
    PiiType.CARD: lambda number: f"4000 0000 0000 00{number % 100:02}",
    PiiType.IBAN: lambda number: f"XX00 TEST {number % 10**8:08}",
    PiiType.NATIONAL_ID: lambda number: f"000-{number % 100:02}-{number // 100 % 10**4:04}",
    PiiType.IP_ADDRESS: lambda number: f"192.0.2.{number % 254 + 1}",
    PiiType.MAC_ADDRESS: lambda number: f"00:00:5e:00:53:{number % 256:02x}",
    PiiType.ADDRESS: lambda number: f"{number % 900 + 100} Example Street",
}
"""Values of which none is anybody's."""


def _rewritten(text: str, findings: Sequence[Finding], instead: Callable[[Finding], str]) -> str:
    pieces: list[str] = []
    place = 0
    for finding in findings:
        pieces += [text[place : finding.start], instead(finding)]
        place = finding.end
    return "".join([*pieces, text[place:]])
