import polars as pl
import pytest

from tests.factories.labelled_pii import labelled_texts
from textnlp.domain.pii.model import PiiType
from textnlp.domain.pii.scanner import PiiScanner


def found(text: str, *types: PiiType, locales: frozenset[str] | None = None) -> list[tuple[str, str]]:
    scanner = PiiScanner(types or PiiType, locales=locales)
    return [(each.type.value, text[each.start : each.end]) for each in scanner.find(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mail jo.smith+x@mail.example.co.uk!", ("email", "jo.smith+x@mail.example.co.uk")),
        ("Call (415) 555-0132 now.", ("phone", "(415) 555-0132")),
        ("Ring +49 30 23125123.", ("phone", "+49 30 23125123")),
        ("Pay to DE89 3704 0044 0532 0130 00 today.", ("iban", "DE89 3704 0044 0532 0130 00")),
        ("Card 4111-1111-1111-1111 please.", ("card", "4111-1111-1111-1111")),
        ("SSN 536-22-1234.", ("national_id", "536-22-1234")),
        ("PESEL 44051401359 jest jej.", ("national_id", "44051401359")),
        ("From 192.168.0.17, they say.", ("ip_address", "192.168.0.17")),
        ("From 2001:db8::8a2e:370:7334.", ("ip_address", "2001:db8::8a2e:370:7334")),
        ("MAC 00:1a:2b:3c:4d:5e here.", ("mac_address", "00:1a:2b:3c:4d:5e")),
        ("She lives at 12 Main Street, upstairs.", ("address", "12 Main Street")),
        ("Sie wohnt Hauptstraße 5.", ("address", "Hauptstraße 5")),
        ("We met Mary Johnson there.", ("name", "Mary Johnson")),
        ("Ask Herr Klöbnerich about it.", ("name", "Klöbnerich")),
        ("the password is hunter2-Xq9!z", ("secret", "hunter2-Xq9!z")),
        ("key AKIAIOSFODNN7EXAMPLE leaked", ("secret", "AKIAIOSFODNN7EXAMPLE")),
        ("postgres://app:s3cr3t@db.local/x", ("secret", "postgres://app:s3cr3t@db.local")),
    ],
)
def test_personal_data_is_found_where_it_stands(text: str, expected: tuple[str, str]) -> None:
    assert found(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "Version 2.14.3.1 replaces v 2.14.2.9 on 2026-05-12.",
        "Card 4111 1111 1111 1112 has a wrong digit.",
        "DE89 3704 0044 0532 0130 01 is no account.",
        "ISBN 978-3-16-148410-0, 1,234,567.89 in total, at 12:30:45.",
        "SSN 000-12-3456 and 666-12-3456 are never given.",
        "The password must be long. Your token expires daily.",
        "password: xxxxxxxxxx, secret=${SECRET_VALUE}",
        "New York and Lake Victoria are far from Saint Petersburg.",
    ],
)
def test_what_only_looks_like_it_is_left_alone(text: str) -> None:
    assert found(text) == []


def test_of_two_that_overlap_the_surer_one_stays() -> None:
    text = "IBAN DE89370400440532013000 and mail@example.org"
    assert found(text) == [("iban", "DE89370400440532013000"), ("email", "mail@example.org")]


def test_only_what_is_asked_for_is_found() -> None:
    text = "Jo: jo@example.org, 536-22-1234, ul. Polna 7"
    assert found(text, PiiType.EMAIL) == [("email", "jo@example.org")]
    everything = found(text, PiiType.NATIONAL_ID, PiiType.ADDRESS)
    assert everything == [("national_id", "536-22-1234"), ("address", "ul. Polna 7")]
    assert found(text, PiiType.NATIONAL_ID, PiiType.ADDRESS, locales=frozenset({"pl_PL"})) == [everything[1]]


def test_nulls_and_places_are_kept() -> None:
    scanned = PiiScanner([PiiType.EMAIL]).scan(pl.Series([None, "", "a@b.de", "none", "x@y.fr z@y.fr"]))
    assert {place: len(findings) for place, findings in scanned.items()} == {2: 1, 4: 2}


def test_on_labelled_texts_nearly_everything_is_found_and_little_else() -> None:
    texts = labelled_texts(1_500, seed=3)
    scanned = PiiScanner(PiiType).scan(pl.Series([text.text for text in texts]))
    caught = total = wrong = right = 0
    for place, text in enumerate(texts):
        findings = scanned.get(place, [])
        for kind, start, end in text.spans:
            total += 1
            caught += any(each.type is kind and each.start < end and each.end > start for each in findings)
        for each in findings:
            is_right = any(
                each.type is kind and each.start < end and each.end > start for kind, start, end in text.spans
            )
            right += is_right
            wrong += not is_right
    assert caught / total > 0.98
    assert right / (right + wrong) > 0.98
