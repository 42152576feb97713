import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textnlp.adapters.backup_seals.aes_gcm import MOST_PLAIN_BYTES, AesGcmSealer
from textnlp.domain.errors import ErrorKind, TextNLPError

KEY, OTHER = bytes(range(32)), bytes(range(1, 33))
SEALER = AesGcmSealer([KEY])


def refusal(sealed: bytes, *, label: str = "a", sealer: AesGcmSealer = SEALER) -> ErrorKind:
    with pytest.raises(TextNLPError) as caught:
        sealer.open(sealed, label=label)
    assert KEY.hex() not in str(caught.value)
    return caught.value.kind


@settings(deadline=None)  # the first of them imports the codec
@given(st.binary(max_size=5_000), st.text(max_size=80).filter(lambda text: text.isascii()))
def test_what_was_sealed_comes_back_and_cannot_be_read_in_between(plain: bytes, label: str) -> None:
    sealed = SEALER.seal(plain, label=label)
    assert SEALER.open(sealed, label=label) == plain
    assert len(plain) < 8 or plain not in sealed


@given(st.data())
def test_no_bit_can_be_changed(data: st.DataObject) -> None:
    sealed = bytearray(SEALER.seal(b"the same text " * 20, label="a"))
    place = data.draw(st.integers(0, len(sealed) - 1))
    sealed[place] ^= 1 << data.draw(st.integers(0, 7))
    assert refusal(bytes(sealed)) in {ErrorKind.CONFLICT, ErrorKind.FORBIDDEN}


@given(st.integers(0, 60), st.binary(max_size=3))
def test_nothing_can_be_cut_off_or_added(cut: int, more: bytes) -> None:
    sealed = SEALER.seal(b"some text that is longer than its seal", label="a")
    if cut:
        assert refusal(sealed[:-cut]) is ErrorKind.CONFLICT
    if more:
        assert refusal(sealed + more) is ErrorKind.CONFLICT


def test_objects_cannot_change_places() -> None:
    sealed = SEALER.seal(b"text", label="object:1")
    assert refusal(sealed, label="object:2") is ErrorKind.CONFLICT


@given(st.binary(max_size=100))
def test_no_bytes_are_a_surprise(data: bytes) -> None:
    assert refusal(data) in {ErrorKind.CONFLICT, ErrorKind.FORBIDDEN}


def test_the_same_bytes_are_sealed_differently_each_time_and_named_the_same() -> None:
    assert SEALER.seal(b"text", label="a") != SEALER.seal(b"text", label="a")
    assert SEALER.name(b"text") == AesGcmSealer([KEY, OTHER]).name(b"text")
    assert SEALER.name(b"text") != AesGcmSealer([OTHER]).name(b"text")
    assert len(SEALER.name(b"")) == 64


def test_an_earlier_key_opens_and_the_first_one_seals() -> None:
    before, turned = SEALER.seal(b"text", label="a"), AesGcmSealer([OTHER, KEY])
    assert turned.open(before, label="a") == b"text"
    assert turned.key_id != SEALER.key_id
    assert refusal(turned.seal(b"text", label="a")) is ErrorKind.FORBIDDEN


def test_text_gets_smaller_and_what_cannot_does_not_get_larger_than_its_seal() -> None:
    assert len(SEALER.seal(b"text " * 10_000, label="a")) < 1_000
    noise = AesGcmSealer([OTHER]).seal(bytes(2_000), label="a")
    assert len(SEALER.seal(noise, label="a")) <= len(noise) + 45


def test_more_than_a_manifest_can_be_is_refused() -> None:
    with pytest.raises(TextNLPError) as caught:
        SEALER.seal(bytes(MOST_PLAIN_BYTES + 1), label="a")
    assert caught.value.kind is ErrorKind.TOO_LARGE


def test_a_key_shows_in_no_text_form() -> None:
    for text in (repr(SEALER), str(SEALER), SEALER.key_id):
        assert KEY.hex()[:16] not in text


@pytest.mark.parametrize("keys", [[], [b"short"], [KEY, KEY + b"x"]])
def test_what_is_no_key_is_refused(keys: list[bytes]) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        AesGcmSealer(keys)
