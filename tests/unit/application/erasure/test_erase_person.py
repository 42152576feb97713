from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from tests.doubles.clock import ManualClock
from tests.factories.backups import make_blobs, make_place, make_sources
from tests.factories.datasets import KEY
from textnlp.adapters.dataset_files.person_search import redact_table
from textnlp.adapters.dataset_files.signature import public_key_text, sign
from textnlp.application.backups.create_backup import create_backup
from textnlp.application.erasure.erase_blobs import ErasableBlobs
from textnlp.application.erasure.erase_person import ErasurePorts, check_certificate, erase_person, search_person
from textnlp.application.erasure.kept_backups import find_kept_backups
from textnlp.bootstrap.erasure_wiring import is_signed
from textnlp.domain.erasure.certificate import KeptBackups, decode_certificate, encode_certificate
from textnlp.domain.erasure.terms import SearchTerms, read_terms
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.ports.blob_store import BlobStore
from textnlp.ports.erasable_place import ErasablePlace, Found

TERMS = read_terms(["Ann Smith"])
NIGHT = datetime(2027, 1, 10, 2, 30, tzinfo=UTC)


async def no_backups() -> KeptBackups:
    return KeptBackups()


def ports_of(*places: ErasablePlace) -> ErasurePorts:
    return ErasurePorts(
        places=places,
        find_backups=no_backups,
        sign=lambda data: sign(data, key=KEY).decode().rstrip(),
        is_signed=is_signed,
        public_key=public_key_text(KEY),
        generator="textnlp",
        clock=ManualClock(),
    )


def place_of(blobs: BlobStore) -> ErasableBlobs:
    return ErasableBlobs(store=blobs, called="blobs", redact_table=redact_table, key=b"k", left_out=("backups/",))


async def named_blobs() -> BlobStore:
    return await make_blobs(
        prompts__batch__a=b"To Ann Smith",
        generations__b=b'{"x":"ann\\nsmith"}',
        backups__c=b"Ann Smith",
        models__d=b"-",
    )


async def test_a_search_changes_nothing_and_finds_what_an_erasure_erases() -> None:
    blobs = await named_blobs()
    ports = ports_of(place_of(blobs))
    found = await search_person(ports, TERMS)
    assert found.counts == {"blobs/prompts": 1, "blobs/generations": 1}
    assert await blobs.get("prompts/batch/a") == b"To Ann Smith"
    signed = await erase_person(ports, TERMS)
    assert signed.certificate.erased == found.counts
    assert await blobs.get("prompts/batch/a") == b"To xxxxxxxxx"
    assert await blobs.get("backups/c") == b"Ann Smith"
    assert (await search_person(ports, TERMS)).counts == {}


async def test_a_certificate_holds_no_term_and_can_be_read_back() -> None:
    signed = await erase_person(ports_of(place_of(await named_blobs())), TERMS)
    written = encode_certificate(signed)
    assert not TERMS.are_in(written)
    assert decode_certificate(written) == signed
    with pytest.raises(TextNLPError) as caught:
        decode_certificate(b"{}")
    assert caught.value.kind is ErrorKind.INVALID_INPUT


async def test_a_certificate_that_holds_is_told_and_what_came_later_is_found() -> None:
    blobs = await named_blobs()
    ports = ports_of(place_of(blobs))
    signed = await erase_person(ports, TERMS)
    checked = await check_certificate(ports, signed, TERMS)
    assert (checked.faults, dict(checked.found.counts)) == ((), {})
    await blobs.put("prompts/batch/new", b"Ann Smith again")
    assert (await check_certificate(ports, signed, TERMS)).found.counts == {"blobs/prompts": 1}
    with pytest.raises(TextNLPError, match="not the terms"):
        await check_certificate(ports, signed, read_terms(["Somebody Else"]))


async def test_a_certificate_that_was_changed_is_told() -> None:
    ports = ports_of(place_of(await named_blobs()))
    signed = await erase_person(ports, TERMS)
    changes: dict[str, Any] = {"erased": {}, "ended_at": NIGHT, "withheld": ["x"], "backups": KeptBackups(count=1)}
    for field, value in changes.items():
        changed = msgspec.structs.replace(signed.certificate, **{field: value})
        checked = await check_certificate(ports, msgspec.structs.replace(signed, certificate=changed), TERMS)
        assert checked.faults == ("Its signature does not belong to what it says.",)
    other = msgspec.structs.replace(signed.certificate, public_key="AAAA")
    assert len((await check_certificate(ports, msgspec.structs.replace(signed, certificate=other), TERMS)).faults) == 2


class Refilled:
    """A place into which somebody writes the person again so many times."""

    def __init__(self, times: int) -> None:
        self.times = times

    async def go_through(self, terms: SearchTerms, *, is_rehearsal: bool) -> Found:
        assert terms is TERMS
        if not is_rehearsal:
            self.times -= 1
        return Found(counts={"rows": 1} if self.times >= 0 else {}, withheld=("Kept.",), unread={"models": 2})


async def test_what_is_written_meanwhile_is_erased_in_the_next_round() -> None:
    certificate = (await erase_person(ports_of(Refilled(2)), TERMS)).certificate
    assert certificate.erased == {"rows": 2}
    assert (certificate.withheld, certificate.unread) == (["Kept."], {"models": 2})


async def test_what_is_written_all_the_time_is_told_and_nothing_is_certified() -> None:
    with pytest.raises(TextNLPError, match=r"After 3 rounds .* rows \(1\)") as caught:
        await erase_person(ports_of(Refilled(9)), TERMS)
    assert caught.value.kind is ErrorKind.CONFLICT


async def test_the_day_by_which_backups_are_gone_is_that_of_the_last_kept_for_a_year() -> None:
    clock = ManualClock(now=datetime(2026, 12, 30, 2, 0, tzinfo=UTC))
    place = make_place(clock=clock)
    assert await find_kept_backups(place) == KeptBackups()
    await create_backup(place, make_sources(blobs=await make_blobs(a=b"Ann Smith")))
    await clock.advance(timedelta(days=2).total_seconds())
    found = await find_kept_backups(place)
    assert found.count == 1
    assert found.gone_by == datetime(2031, 1, 1, 2, 0, tzinfo=UTC)
