"""Addresses at which nobody is reached.

E-mail goes to the domains that RFC 2606 reserves for examples. Telephone numbers come only from ranges that a
country's regulator keeps for fiction; where there is no such range, there is no number, because one that is free
today is somebody's tomorrow, and one that is too short may be the beginning of a longer one. The ranges:

- United States: 555-0100 to 555-0199 in every area code (ATIS-0300115, 555 NXX line numbers, kept by NANPA).
- United Kingdom: Ofcom, "Telephone numbers for use in TV and radio drama": 1000 numbers in each of 15 areas (496 0xxx
  in most, 020 7946 0xxx in London, 0191 498 0xxx on Tyneside, 029 2018 0xxx in Cardiff) and 07700 900xxx for mobiles.
- Australia: ACMA, "Phone numbers for use in TV shows, films and creative works": (02), (03), (07) and (08) 5550 xxxx,
  and the thirty mobile numbers listed in the table.
- Germany: Bundesnetzagentur, Mitteilung 148/2021, "Rufnummern für Medienproduktionen": 030 23125xxx, 069 90009xxx,
  040 66969xxx, 0221 4710xxx, 089 99998xxx; mobiles 0171 39200xx and 0176 040690xx.
- France: Arcep, decision 2018-0881, numbers for audiovisual works: 01 99 00, 02 61 91, 03 53 01, 04 65 71, 05 36 49
  and 06 39 98, each with four more digits.
- Sweden: PTS, "Telefonnummer till böcker och filmer": 08-465 004 xx, 031-390 06 xx, 040-628 04 xx, 0980-319 2xx;
  mobiles 070-174 06 05 to 99.
- Brazil, India, Italy, Japan, the Netherlands, Poland, Spain: no range is known to us; `phone` is null.
"""

import unicodedata

EMAIL_DOMAINS = ("example.com", "example.org", "example.net")
CONTACT_AGE = 13
"""Younger people have neither e-mail nor telephone of their own."""

_UNMARKED = str.maketrans(
    {"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "\N{LATIN SMALL LETTER DOTLESS I}": "i"}
)
"""Letters that Unicode does not decompose into a plain one and a mark."""


def fill(pattern: str, *, number: int, letters: str = "") -> str:
    """Return the pattern with `#` (digit), `%` (digit but 0) and `@` (one of `letters`) taken from a large number."""
    written: list[str] = []
    for sign in pattern:
        if sign == "#":
            number, digit = divmod(number, 10)
            written.append(str(digit))
        elif sign == "%":
            number, digit = divmod(number, 9)
            written.append(str(digit + 1))
        elif sign == "@":
            number, place = divmod(number, len(letters))
            written.append(letters[place])
        else:
            written.append(sign)
    return "".join(written)


def fold(name: str, *, folding: tuple[tuple[str, str], ...]) -> str:
    """Return a name in Latin letters as a to z only; `folding` is applied before marks are dropped."""
    lowered = name.lower()
    for letter, instead in folding:
        lowered = lowered.replace(letter, instead)
    plain = unicodedata.normalize("NFKD", lowered.translate(_UNMARKED))
    return "".join(letter for letter in plain if "a" <= letter <= "z")


def write_email(given: str, *, family: str, number: int) -> str:
    """Return an address at a reserved domain from folded names and two to four digits of a number."""
    rest, domain = divmod(number, len(EMAIL_DOMAINS))
    rest, length = divmod(rest, 3)
    return f"{given}.{family}{rest % 10 ** (length + 2):0{length + 2}}@{EMAIL_DOMAINS[domain]}"


def write_phone(city: tuple[str, ...], *, country: tuple[str, ...], number: int) -> str | None:
    """Return a reserved number of the city or of the whole country, None where neither has any."""
    rest, turn = divmod(number, 2)
    patterns = (city, country)[turn] or city or country
    if not patterns:
        return None
    rest, place = divmod(rest, len(patterns))
    return fill(patterns[place], number=rest)
