"""Find what is kept of a person, erase it, and certify that nothing is left."""

import secrets
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field

from textnlp.domain.erasure.certificate import (
    Certificate,
    KeptBackups,
    SignedCertificate,
    signed_bytes,
)
from textnlp.domain.erasure.terms import SearchTerms
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError, invalid_input
from textnlp.domain.identifiers import new_erasure_id
from textnlp.ports.clock import Clock
from textnlp.ports.erasable_place import ErasablePlace, Found

_SALT_BYTES = 16
_MOST_ROUNDS = 3
"""What is written while it is gone through is found by the next round."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasurePorts:
    """What the use cases around erasure stand on.

    Attributes:
        places: in the order in which they are erased.
        find_backups: tells which backups there are, as of now.
        sign: returns a signature in base64.
        is_signed: tells whether a signature is that of these bytes, by a public key.
        public_key: of the key that signs.
        generator: name and version of what erases.
    """

    places: Sequence[ErasablePlace]
    find_backups: Callable[[], Awaitable[KeptBackups]]
    sign: Callable[[bytes], str]
    is_signed: Callable[[bytes, str, str], bool]
    public_key: str
    generator: str
    clock: Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateCheck:
    """What is wrong with a certificate, and what is found of the person; both are empty where it holds."""

    faults: tuple[str, ...]
    found: Found = field(default_factory=Found)


async def search_person(ports: ErasurePorts, terms: SearchTerms) -> Found:
    """Return what an erasure would erase; nothing is changed."""
    return _together([await place.go_through(terms, is_rehearsal=True) for place in ports.places])


async def erase_person(ports: ErasurePorts, terms: SearchTerms) -> SignedCertificate:
    """Erase what names the person in every place, search again, and return the certificate.

    Raises `CONFLICT` where something is still found after three rounds, which is then being written all the time.
    Whatever was cut short can be done again: the certificate of the last run counts what was left for it.
    """
    began_at, rounds = ports.clock.now(), list[Found]()
    while True:
        rounds.append(_together([await place.go_through(terms, is_rehearsal=False) for place in ports.places]))
        left = await search_person(ports, terms)
        if not left.counts:
            break
        if len(rounds) == _MOST_ROUNDS:
            raise _still_there(left)
    salt = secrets.token_bytes(_SALT_BYTES)
    certificate = Certificate(
        id=new_erasure_id(began_at),
        generator=ports.generator,
        began_at=began_at,
        ended_at=ports.clock.now(),
        salt=salt.hex(),
        terms=terms.digests(salt),
        erased=_together(rounds).counts,
        unread=left.unread,
        withheld=list(left.withheld),
        backups=await ports.find_backups(),
        public_key=ports.public_key,
    )
    return SignedCertificate(certificate=certificate, signature=ports.sign(signed_bytes(certificate)))


async def check_certificate(ports: ErasurePorts, signed: SignedCertificate, terms: SearchTerms) -> CertificateCheck:
    """Check the signature and search again.

    Raises `INVALID_INPUT` where the terms are not those of the certificate.
    """
    certificate = signed.certificate
    try:
        digests = terms.digests(bytes.fromhex(certificate.salt))
    except ValueError as exc:
        raise invalid_input("The certificate has no salt of hexadecimal digits.", field="certificate") from exc
    if digests != certificate.terms:
        raise invalid_input("These are not the terms that the certificate is about.", field="term")
    faults: list[str] = []
    if certificate.public_key != ports.public_key:
        faults.append("It is not signed with the key of this platform.")
    if not ports.is_signed(signed_bytes(certificate), signed.signature, certificate.public_key):
        faults.append("Its signature does not belong to what it says.")
    return CertificateCheck(faults=tuple(faults), found=await search_person(ports, terms))


def _together(found: Iterable[Found]) -> Found:
    counts, unread, withheld = Counter[str](), dict[str, int](), list[str]()
    for each in found:
        counts.update(each.counts)
        unread.update(each.unread)
        withheld += [told for told in each.withheld if told not in withheld]
    return Found(counts=dict(counts), unread=unread, withheld=tuple(withheld))


def _still_there(left: Found) -> TextNLPError:
    places = ", ".join(f"{where} ({count})" for where, count in sorted(left.counts.items()))
    return TextNLPError(
        f"After {_MOST_ROUNDS} rounds the person is still found: {places}.",
        kind=ErrorKind.CONFLICT,
        facts=ErrorFacts(hint="Let what is being made end, then erase again; what was erased stays so."),
    )
