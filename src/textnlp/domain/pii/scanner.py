"""Look for personal data and secrets in whole columns of texts."""

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from textnlp.domain.pii.model import Detector, Finding, PiiType
from textnlp.domain.pii.name_detector import find_names
from textnlp.domain.pii.number_detectors import NUMBER_DETECTORS
from textnlp.domain.pii.text_detectors import TEXT_DETECTORS

_CONTEXT_CHARACTERS = 40
_HAS_NUMBER = r"\d(?:[^\n\d]{0,3}\d){6}"
_SIGNS: Mapping[PiiType, str] = {
    PiiType.EMAIL: "@",
    PiiType.PHONE: _HAS_NUMBER,
    PiiType.CARD: r"\d(?:[ -]?\d){11}",
    PiiType.IBAN: r"[A-Z]{2}\d{2} ?[A-Z0-9]{4}",
    PiiType.NATIONAL_ID: r"\d(?:[^\n\d]{0,2}\d){5}|[A-Z]{6}\d\d[A-Z]",
    PiiType.IP_ADDRESS: r"\d\.\d{1,3}\.\d|[0-9A-Fa-f]{1,4}:[0-9A-Fa-f:]{3}",
    PiiType.MAC_ADDRESS: r"[0-9A-Fa-f]{2}[:-][0-9A-Fa-f]{2}[:-][0-9A-Fa-f]{2}[:-]",
    PiiType.ADDRESS: (
        r"(?i)\b(?:street|st|avenue|ave|road|rd|lane|ln|drive|dr|boulevard|blvd|court|ct|place|way|terrace|close|crescent"
        r"|square|rue|chemin|all.e|quai|impasse|cours|calle|avenida|avda|plaza|paseo|via|viale|piazza|corso|largo|vicolo"
        r"|ul|al|pl|ulica|rua|av|travessa|pra.a)\b|c/|(?:stra.e|strasse|str\.|weg|platz|allee|gasse|ring|ufer|damm|straat"
        r"|laan|plein|gracht|kade|dijk|singel|gatan|v.gen|gr.nd|torget|all.n) \d"
    ),
    PiiType.NAME: (
        r"\p{Lu}[\p{L}'\x{2019}-]+ (?:\p{L}+\.? ){0,2}\p{Lu}\p{L}"
        r"|\b(?:M[rs]s?|Dr|Prof|Herr|Frau|Sr|Sra|Pani?)\b"
    ),
    PiiType.SECRET: (
        r"(?i)-----BEGIN|eyJ|A[KS]IA|gh[pousr]_|github_pat|glpat-|xox[abeoprs]-|\bsk-|[srp]k_(?:live|test)_|AIza|hf_"
        r"|npm_|pypi-|SG\.|AccountKey=|SharedAccessKey=|://[^\s/]+:[^\s/]+@|pass|secret|api[_ -]?key|access[_ -]?key"
        r"|token|kennwort|mot de|contrase|senha|wachtwoord"
    ),
}
"""What a text has at least in which something of a type stands: expressions of Rust, cheap and never too narrow."""


class PiiScanner:
    """Finds what is asked for; a text in which nothing can stand costs no more than a look of Rust at it.

    `locales` leaves out numbers, telephones and streets of other countries; those of no country are always looked for.
    """

    def __init__(self, types: Iterable[PiiType], *, locales: frozenset[str] | None = None) -> None:
        wanted = frozenset(types)
        self._detectors: dict[PiiType, list[Detector]] = {type_: [] for type_ in PiiType if type_ in wanted}
        for detector in (*NUMBER_DETECTORS, *TEXT_DETECTORS):
            if detector.type in wanted and (locales is None or detector.locale is None or detector.locale in locales):
                self._detectors[detector.type].append(detector)

    def scan(self, texts: pl.Series) -> dict[int, list[Finding]]:
        """Return by place what was found, in the order of the text, without overlaps."""
        candidates: dict[int, list[Finding]] = {}
        for type_, detectors in self._detectors.items():
            places: Sequence[int] = texts.str.contains(_SIGNS[type_]).fill_null(value=False).arg_true().to_list()
            for place, text in zip(places, texts.gather(places), strict=True):
                found = _names(text) if type_ is PiiType.NAME else _found(text, detectors)
                if found:
                    candidates.setdefault(place, []).extend(found)
        return {place: _without_overlaps(found) for place, found in sorted(candidates.items())}

    def find(self, text: str) -> list[Finding]:
        """Return what is found in one text."""
        return self.scan(pl.Series([text])).get(0, [])


def _names(text: str) -> list[Finding]:
    return list(find_names(text))


def _found(text: str, detectors: Sequence[Detector]) -> list[Finding]:
    found: list[Finding] = []
    for detector in detectors:
        for match in detector.pattern.finditer(text):
            before = text[max(0, match.start() - _CONTEXT_CHARACTERS) : match.start()]
            if detector.context is not None and detector.context.search(before) is None:
                continue
            if detector.confirm(match):
                start, end = match.span(1 if detector.pattern.groups == 1 else 0)
                found.append(
                    Finding(type=detector.type, start=start, end=end, locale=detector.locale, why=detector.why)
                )
    return found


_RANKS = {
    type_: rank
    for rank, type_ in enumerate(
        (
            *(PiiType.SECRET, PiiType.EMAIL, PiiType.IBAN, PiiType.CARD, PiiType.NATIONAL_ID, PiiType.MAC_ADDRESS),
            *(PiiType.IP_ADDRESS, PiiType.ADDRESS, PiiType.PHONE, PiiType.NAME),
        )
    )
}
"""Of two that overlap, the one with more certainty stays: check digits before forms."""


def _without_overlaps(found: list[Finding]) -> list[Finding]:
    kept: list[Finding] = []
    for finding in sorted(found, key=lambda each: (_RANKS[each.type], each.start - each.end)):
        if all(finding.end <= other.start or finding.start >= other.end for other in kept):
            kept.append(finding)
    return sorted(kept, key=lambda each: each.start)
