from textnlp.domain.pii.model import PiiType
from textnlp.domain.pii.replacement import Replacer, masked, redacted
from textnlp.domain.pii.scanner import PiiScanner

TEXT = "Mary Johnson (mary@firm.com, 415-555-2671) paid with 4111 1111 1111 1111 from 10.1.2.3."
SCANNER = PiiScanner(PiiType)


def test_marks_stand_in_the_place_of_what_was_found() -> None:
    assert redacted(TEXT, SCANNER.find(TEXT)) == "[NAME] ([EMAIL], [PHONE]) paid with [CARD] from [IP_ADDRESS]."


def test_the_same_value_is_replaced_by_the_same_and_another_key_by_another() -> None:
    twice = f"{TEXT} Again: MARY@firm.com."
    replacer = Replacer(key=b"one")
    replaced = replacer.replaced(twice, SCANNER.find(twice))
    for real in ("Johnson", "firm.com", "2671", "4111 1111", "10.1.2.3"):
        assert real not in replaced
    (mail,) = {each.strip("().,") for each in replaced.split() if "@" in each}
    assert mail.endswith(("example.com", "example.org", "example.net"))
    assert replacer.replaced(twice, SCANNER.find(twice)) == replaced
    assert Replacer(key=b"two").replaced(twice, SCANNER.find(twice)) != replaced


def test_what_was_invented_is_nobodys() -> None:
    replaced = Replacer(key=b"k").replaced(TEXT, SCANNER.find(TEXT))
    assert "555-01" in replaced
    assert "192.0.2." in replaced
    assert not [each for each in SCANNER.find(replaced) if each.type is PiiType.CARD]


def test_a_finding_is_told_without_being_given_away() -> None:
    finding = SCANNER.find("mail jane.doe@example.org")[0]
    assert masked("mail jane.doe@example.org", finding) == "ja… (20 characters)"
