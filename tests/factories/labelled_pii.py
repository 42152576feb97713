"""Texts in which it is known where personal data stands, by country, and texts that only look as if there were some."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from textnlp.domain.people.table import locale_table
from textnlp.domain.pii.checksums import (
    is_cpf,
    is_dni,
    is_luhn,
    is_mod_11_10,
    is_mod_97,
    is_nir,
    is_verhoeff,
    is_weighted,
)
from textnlp.domain.pii.model import PiiType

_SENTENCES = {
    "en_US": (
        "The parcel for {} came back on Tuesday.",
        "Please write {} on the form, then send it.",
        "We have {} on file.",
    ),
    "en_GB": ("The order of {} is late.", "Kindly note {} for the next visit.", "Our records show {} since May."),
    "de_DE": (
        "Das Paket für {} kam am Dienstag zurück.",
        "Bitte vermerken Sie {} im Formular.",
        "Wir haben {} notiert.",
    ),
    "fr_FR": (
        "Le colis pour {} est revenu mardi.",
        "Veuillez noter {} sur le formulaire.",
        "Nous avons {} au dossier.",
    ),
    "es_ES": (
        "El paquete para {} volvió el martes.",
        "Anote {} en el formulario, por favor.",
        "Tenemos {} en la ficha.",
    ),
    "it_IT": ("Il pacco per {} è tornato martedì.", "Scriva {} sul modulo, per favore.", "Abbiamo {} in archivio."),
    "nl_NL": ("Het pakket voor {} kwam dinsdag terug.", "Noteer {} op het formulier.", "Wij hebben {} in het dossier."),
    "pl_PL": ("Paczka dla {} wróciła we wtorek.", "Proszę wpisać {} w formularzu.", "Mamy {} w aktach."),
    "sv_SE": ("Paketet till {} kom tillbaka i tisdags.", "Skriv {} på blanketten.", "Vi har {} i akten."),
    "pt_BR": ("O pacote para {} voltou na terça.", "Anote {} no formulário, por favor.", "Temos {} no cadastro."),
    "hi_IN": ("The parcel for {} is at the gate.", "Please note {} in the register.", "We keep {} on record."),
}
_FILLER = (
    "It was raining, and nobody had thought of bringing an umbrella to the market that morning.",
    "The kettle boils in two minutes, keeps its heat for an hour, and pours without a drip.",
    "Der Wasserkocher ist leise und liegt gut in der Hand, auch wenn er voll ist.",
    "La lampe éclaire bien le bureau, et son bras tourne sans bruit.",
    "Chapter 4 begins with a storm; on page 112 the ship finally reaches the harbour of Santa Elena.",
)
_HARD = (
    "Version 2.14.3.1 replaces 2.14.2 on 2026-05-12.",
    "Order 4711-2026-0815 has 12 items at 1,234,567.89 in total.",
    "ISBN 978-3-16-148410-0 and ISSN 2049-3630 are both out of print.",
    "The part number is AB12 3456 7890 and the batch 20260512123456.",
    "Meet at 12:30:45 in room 3.14, seats 100-250.",
    "The ratio fell from 10.5.2 to 9.8.1 between 1998 and 2024.",
    "Load 4111 1111 1111 1112 pallets by 2030-01-01.",
    "New York and San Francisco are far from Saint Petersburg.",
    "The password must have eight characters and the token expires daily.",
    "Send 3 x 500 g, 24 cans of 330 ml and 6 boxes of 1000 sheets.",
    "The Great Wall and Lake Victoria are on the list of the World Heritage Committee.",
    "Score 536-22 against 1234, then 98-76 in the second half.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A text, and what stands where in it; nothing in a text that only looks like it."""

    text: str
    locale: str
    spans: tuple[tuple[PiiType, int, int], ...]


def labelled_texts(count: int, *, seed: int) -> list[Labelled]:
    """Return texts of about 60 words, a third of them without personal data."""
    chance = random.Random(seed)
    return [_labelled(chance) for _ in range(count)]


def _labelled(chance: random.Random) -> Labelled:
    locale = chance.choice(list(_SENTENCES))
    filler = chance.sample(_FILLER, 2)
    if chance.random() < 1 / 3:
        return Labelled(text=" ".join([filler[0], chance.choice(_HARD), filler[1]]), locale=locale, spans=())
    kind = chance.choice(list(PiiType))
    before, after = chance.choice(_SENTENCES[locale]).split("{}")
    context, value = _MAKERS[kind](chance, locale)
    head = f"{filler[0]} {before}{context}"
    text = f"{head}{value}{after} {chance.choice(_HARD)} {filler[1]}"
    return Labelled(text=text, locale=locale, spans=((kind, len(head), len(head) + len(value)),))


def _until(make: Callable[[], str], is_good: Callable[[str], bool]) -> str:
    while not is_good(value := make()):
        pass
    return value


def _digits(chance: random.Random, count: int) -> str:
    return "".join(chance.choices("0123456789", k=count))


def _email(chance: random.Random, _: str) -> tuple[str, str]:
    user = "".join(chance.choices("abcdefghijklm", k=6))
    domain = chance.choice(("mail.example.com", "firma.de", "post.co.uk", "uni-west.edu"))
    return "", f"{user}{chance.choice(('.', '_', '-', '+'))}{_digits(chance, 2)}@{domain}"


def _phone(chance: random.Random, locale: str) -> tuple[str, str]:
    d = partial(_digits, chance)
    own = {
        "en_US": f"({chance.randint(201, 989)}) {chance.randint(200, 999)}-{d(4)}",
        "en_GB": f"020 7{d(3)} {d(4)}",
        "de_DE": f"0{chance.randint(30, 89)} {d(4)}{d(3)}",
        "fr_FR": f"0{chance.randint(1, 9)} {d(2)} {d(2)} {d(2)} {d(2)}",
        "es_ES": f"6{d(2)} {d(3)} {d(3)}",
        "it_IT": f"3{d(2)} {d(3)} {d(4)}",
        "nl_NL": f"06-{d(8)}",
        "pl_PL": f"{chance.randint(500, 799)} {d(3)} {d(3)}",
        "sv_SE": f"070-{d(3)} {d(2)} {d(2)}",
        "pt_BR": f"({chance.randint(11, 99)}) 9{d(4)}-{d(4)}",
        "hi_IN": f"{chance.randint(6, 9)}{d(4)} {d(5)}",
    }
    if chance.random() < 1 / 3:
        return "", f"+{chance.choice((1, 44, 49, 33, 34, 39, 31, 48))} {chance.randint(20, 99)} {d(3)} {d(4)}"
    return chance.choice(("tel. ", "phone: ", "Tel: ")), own[locale]


def _card(chance: random.Random, _: str) -> tuple[str, str]:
    number = _until(lambda: chance.choice(("4", "51", "37")) + _digits(chance, 14), _is_card)
    number = number[:15] if number.startswith("37") else number[:16]
    return "", number if chance.random() < 0.5 or len(number) == 15 else " ".join(
        number[place : place + 4] for place in range(0, 16, 4)
    )


def _is_card(number: str) -> bool:
    return is_luhn(number[:15] if number.startswith("37") else number[:16]) and len(number) >= 15 + (number[0] != "3")


def _iban(chance: random.Random, _: str) -> tuple[str, str]:
    value = _until(lambda: f"DE{_digits(chance, 20)}", is_mod_97)
    return "", value if chance.random() < 0.5 else " ".join(value[place : place + 4] for place in range(0, 22, 4))


def _national_id(chance: random.Random, locale: str) -> tuple[str, str]:  # noqa: PLR0911  one for each country
    d = partial(_digits, chance)
    day = f"{chance.randint(50, 99)}{chance.randint(1, 12):02}{chance.randint(1, 28):02}"
    match locale:
        case "en_GB":
            return "", f"AB {d(2)} {d(2)} {d(2)} C"
        case "de_DE":
            return "Steuer-ID ", _until(
                lambda: chance.choice("123456789") + d(10), lambda n: is_mod_11_10(n) and len(set(n[:10])) in {8, 9}
            )
        case "fr_FR":
            return "", _until(lambda: f"1{chance.randint(50, 99)}0{chance.randint(1, 9)}75{d(8)}", is_nir)
        case "es_ES":
            return "", _until(lambda: d(8) + chance.choice("TRWAGMYFPDXBNJZSQVHLCKE"), is_dni)
        case "nl_NL":
            return "BSN ", _until(lambda: d(9), lambda n: is_weighted(n, (9, 8, 7, 6, 5, 4, 3, 2, -1), 11))
        case "pl_PL":
            return "", _until(lambda: day + d(5), lambda n: is_weighted(n, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1), 10))
        case "sv_SE":
            return "", _until(lambda: f"{day}-{d(4)}", lambda n: is_luhn(n.replace("-", "")))
        case "pt_BR":
            value = _until(lambda: d(11), is_cpf)
            return "", f"{value[:3]}.{value[3:6]}.{value[6:9]}-{value[9:]}"
        case "hi_IN":
            value = _until(lambda: chance.choice("23456789") + d(11), is_verhoeff)
            return "", f"{value[:4]} {value[4:8]} {value[8:]}"
        case _:
            return "SSN ", f"{chance.randint(100, 665)}-{chance.randint(10, 99)}-{chance.randint(1000, 9999)}"


def _ip_address(chance: random.Random, _: str) -> tuple[str, str]:
    if chance.random() < 0.25:
        return "", f"2001:db8:{chance.randint(4096, 65535):x}::{chance.randint(1, 65535):x}"
    return "", ".".join(str(chance.randint(1, 254)) for _ in range(4))


def _mac_address(chance: random.Random, _: str) -> tuple[str, str]:
    return "", ":".join(f"{chance.randint(0, 255):02x}" for _ in range(6))


def _address(chance: random.Random, locale: str) -> tuple[str, str]:
    number = chance.randint(1, 250)
    own = {
        "en_US": f"{number} Maple Avenue",
        "en_GB": f"{number} Church Lane",
        "de_DE": f"Bahnhofstraße {number}",
        "fr_FR": f"{number} rue de Rivoli",
        "es_ES": f"Calle Mayor {number}",
        "it_IT": f"Via Garibaldi {number}",
        "nl_NL": f"Dorpsstraat {number}",
        "pl_PL": f"ul. Polna {number}",
        "sv_SE": f"Storgatan {number}",
        "pt_BR": f"Rua Augusta, {number}",
        "hi_IN": f"{number} Gandhi Road",
    }
    return "", own[locale]


def _name(chance: random.Random, locale: str) -> tuple[str, str]:
    table = locale_table(locale)
    given = chance.choice((*table.female.older, *table.male.younger))
    family = chance.choice(table.family)
    return "", " ".join(word if isinstance(word, str) else word.latin for word in (given, family))


def _secret(chance: random.Random, _: str) -> tuple[str, str]:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    long = "".join(chance.choices(letters, k=36))
    kind = chance.randint(0, 3)
    if kind == 0:
        return "", f"AKIA{''.join(chance.choices('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', k=16))}"
    if kind == 1:
        return "", f"ghp_{long}"
    return ("api key: ", long) if kind == 2 else ("password is ", f"{long[:10]}!7")


_MAKERS: dict[PiiType, Callable[[random.Random, str], tuple[str, str]]] = {
    PiiType.EMAIL: _email,
    PiiType.PHONE: _phone,
    PiiType.CARD: _card,
    PiiType.IBAN: _iban,
    PiiType.NATIONAL_ID: _national_id,
    PiiType.IP_ADDRESS: _ip_address,
    PiiType.MAC_ADDRESS: _mac_address,
    PiiType.ADDRESS: _address,
    PiiType.NAME: _name,
    PiiType.SECRET: _secret,
}
