"""Addresses, telephone numbers, and secrets."""

import math
import re
from collections import Counter
from re import Match

from textnlp.domain.pii.model import Detector, PiiType

_LEAST_BITS = 3.0
_STRANGE = re.compile(
    r"^(?:x+|\*+|\.+|<.*>|\{.*\}|\$.*|your.*|example.*|changeme|none|null|true|false|required)$", re.IGNORECASE
)
_BEFORE, _AFTER = r"(?<![\w+/.-])(?<!\d )", r"(?![\w/-]|\.\d| \d)"


def _phone(locale: str | None, pattern: str, *, context: str | None = None) -> Detector:
    return Detector(
        type=PiiType.PHONE,
        locale=locale,
        pattern=re.compile(_BEFORE + pattern + _AFTER),
        why="form" if context is None else "form and context",
        confirm=lambda match: 7 <= sum(sign.isdigit() for sign in match[0]) <= 15,  # noqa: PLR2004  of E.164
        context=None if context is None else re.compile(context, re.IGNORECASE),
    )


def _address(locale: str, pattern: str) -> Detector:
    return Detector(type=PiiType.ADDRESS, locale=locale, pattern=re.compile(pattern), why="form")


def _secret(pattern: str, *, why: str = "form") -> Detector:
    return Detector(type=PiiType.SECRET, locale=None, pattern=re.compile(pattern), why=why)


def entropy_bits(text: str) -> float:
    """Return the entropy of the characters of a text, in bits a character (Shannon 1948)."""
    return -sum(count / len(text) * math.log2(count / len(text)) for count in Counter(text).values())


def _is_random(match: Match[str]) -> bool:
    value = match[1]
    return _STRANGE.match(value) is None and entropy_bits(value) >= _LEAST_BITS


_CALL = r"tel|phone|call|mobil|cell|fax|whatsapp|ring|reach|fon\b|anruf|rufnummer|appel|llam|chiam|bel\b|zadzwo|numer|liga|電話|फ़ोन"

TEXT_DETECTORS: tuple[Detector, ...] = (
    _secret(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----[A-Za-z0-9+/=\s]*(?:-----END (?:[A-Z]+ )*PRIVATE KEY-----)?"),
    _secret(r"\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}"),
    _secret(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    _secret(r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{50,}|glpat-[A-Za-z0-9_-]{20,})"),
    _secret(r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}"),
    _secret(r"\bsk-(?:proj-|ant-|live-)?[A-Za-z0-9_-]{20,}"),
    _secret(r"\b(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{16,}"),
    _secret(r"\bAIza[0-9A-Za-z_-]{35}"),
    _secret(
        r"\bhf_[A-Za-z0-9]{30,}|\bnpm_[A-Za-z0-9]{36}|\bpypi-[A-Za-z0-9_-]{50,}|\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}"
    ),
    _secret(r"\bAccountKey=[A-Za-z0-9+/]{40,}={0,2}|\bSharedAccessKey=[A-Za-z0-9+/]{30,}={0,2}"),
    _secret(r"\b[a-z][a-z0-9+]{2,15}://[^\s:/@]+:[^\s:/@]{3,}@[^\s/]+"),
    Detector(
        type=PiiType.SECRET,
        locale=None,
        pattern=re.compile(
            r"""(?i)\b(?:pass(?:word|wd|phrase)?|secret|api[_ -]?key|access[_ -]?key|auth[_ -]?token|token|passwort|kennwort"""
            r"""|mot de passe|contraseña|senha|wachtwoord)\b["']?\s*(?:is|ist|est|es|:|=|:=)\s*["']?([^\s"',;]{8,64})"""
        ),
        why="context and entropy",
        confirm=_is_random,
    ),
    Detector(
        type=PiiType.EMAIL,
        locale=None,
        pattern=re.compile(
            r"(?<![\w.+/-])[A-Za-z0-9](?:[\w.+'-]{0,62}[\w+-])?@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+"
            r"[A-Za-z]{2,24}(?![\w@])"
        ),
        why="form",
    ),
    _phone(None, r"\+[1-9]\d{0,2}(?:[ .()-]{0,2}\d{1,4}){2,6}"),
    _phone("en_US", r"(?:1[ .-])?(?:\([2-9]\d\d\) ?|[2-9]\d\d[.-])[2-9]\d\d[.-]\d{4}"),
    _phone(
        "en_GB",
        r"0(?:20 ?\d{4} ?\d{4}|1\d1[ ]\d{3}[ ]\d{4}|1\d{3}[ ]\d{5,6}|29[ ]\d{4}[ ]\d{4}|7\d{3}[ ]\d{3}[ ]?\d{3})",
    ),
    _phone("fr_FR", r"0[1-9](?:[ .]\d\d){4}"),
    _phone("de_DE", r"(?:\(0[1-9]\d{1,3}\)|0[1-9]\d{1,3})(?:[ ]?/[ ]?|[ -])\d{2,5}(?:[ -]?\d{2,5}){0,2}"),
    _phone("en_AU", r"(?:\(0[2378]\)|0[2378]) \d{4} \d{4}|04\d\d \d{3} \d{3}"),
    _phone("sv_SE", r"0\d{1,3}-\d{2,3}(?: \d\d){2}"),
    _phone("nl_NL", r"0\d{1,3}[ -]\d{3} ?\d{3,4}|06[ -]\d{8}|06[ -]\d{4} ?\d{4}"),
    _phone("ja_JP", r"0[1-9]\d{0,3}-\d{1,4}-\d{4}"),
    _phone("pt_BR", r"\(\d\d\) ?9?\d{4}-\d{4}"),
    _phone("es_ES", r"[6789]\d\d(?: \d{3}){2}|[6789]\d\d \d\d \d\d \d\d", context=_CALL),
    _phone("it_IT", r"3\d\d[ ./]?\d{3}[ ]?\d{3,4}|0\d{1,3}[ ./-]\d{5,8}", context=_CALL),
    _phone("pl_PL", r"[4-8]\d\d[ -]\d{3}[ -]\d{3}", context=_CALL),
    _phone("hi_IN", r"[6-9]\d{4} ?\d{5}", context=_CALL),
    _phone(None, r"\d{3}[ .-]?\d{3,4}(?:[ .-]?\d{2,4}){0,2}", context=rf"(?:{_CALL})[^\d\n]{{0,20}}$"),
    _address(
        "en_US",
        r"\b\d{1,5} (?:[NSEW]\.? )?(?:[A-Z][a-z']+ ){1,3}(?:Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Dr|Boulevard|Blvd"
        r"|Court|Ct|Place|Way|Terrace|Close|Crescent|Square)\b\.?(?:,? (?:Apt|Suite|Unit|Flat)\.? ?\w+)?",
    ),
    _address(
        "de_DE", r"\b[A-ZÄÖÜ][\wäöüß]*(?:straße|strasse|str\.|weg|platz|allee|gasse|ring|ufer|damm) \d{1,4} ?[a-z]?\b"
    ),
    _address(
        "fr_FR",
        r"\b\d{1,4}(?: (?:bis|ter))?,? (?:rue|avenue|boulevard|place|chemin|allée|quai|impasse|cours) (?:d[eu'’]s? ?|la |le |l['’])*[A-ZÉÈÀ][\wéèàêôîç'’-]+(?: [A-ZÉÈÀ][\wéèàêôîç'’-]+)?",
    ),
    _address(
        "es_ES",
        r"\b(?:[Cc]alle|[Aa]venida|[Aa]vda\.|[Pp]laza|[Pp]aseo|C/) (?:de |del |la |las |los )*[A-ZÁÉÍÓÚÑ][\wáéíóúñ]+(?: (?:de |del )?[A-ZÁÉÍÓÚÑ][\wáéíóúñ]+)?,? (?:n[º.o]\.? ?)?\d{1,4}\b",
    ),
    _address(
        "it_IT",
        r"\b(?:[Vv]ia|[Vv]iale|[Pp]iazza|[Cc]orso|[Ll]argo|[Vv]icolo) (?:d[aeio]l?l?[aeio']? ?)?[A-ZÀÈÉÌÒÙ][\wàèéìòù]+(?: [A-ZÀÈÉÌÒÙ][\wàèéìòù]+)?,? \d{1,4}\b",
    ),
    _address("nl_NL", r"\b[A-Z]\w*(?:straat|laan|weg|plein|gracht|kade|dijk|singel) \d{1,4} ?[a-zA-Z]?\b"),
    _address(
        "pl_PL",
        r"\b(?:ul\.|al\.|pl\.|ulica) [A-ZŁŚŻŹĆ][\wąćęłńóśźż]+(?: [A-ZŁŚŻŹĆ][\wąćęłńóśźż]+)? \d{1,4}(?:/\d{1,4})?\b",
    ),
    _address("sv_SE", r"\b[A-ZÅÄÖ][\wåäö]*(?:gatan|vägen|gränd|torget|allén) \d{1,4}\b"),
    _address(
        "pt_BR",
        r"\b(?:[Rr]ua|[Aa]venida|[Aa]v\.|[Tt]ravessa|[Pp]raça) (?:d[aeo]s? )?[A-ZÁÉÍÓÚÂÊÔÃÕÇ][\wáéíóúâêôãõç]+(?: (?:d[aeo]s? )?[A-ZÁÉÍÓÚÂÊÔÃÕÇ][\wáéíóúâêôãõç]+)?,? (?:n[º.o]\.? ?)?\d{1,5}\b",
    ),
)
"""Secrets, e-mail, telephone numbers by country, and addresses of streets."""
