from hypothesis import given, settings
from hypothesis import strategies as st

from textnlp.adapters.blobs.obstore_store import memory_blob_store
from textnlp.application.find_request import find_request
from textnlp.domain.batches.model import PromptRow
from textnlp.domain.batches.requests import encode_request
from textnlp.domain.generation.model import Message, Role


def row(index: int, text: str) -> PromptRow:
    messages = (Message(role=Role.USER, content=text),)
    return PromptRow(index=index, id=str(index + 1), has_own_id=False, line=index + 1, messages=messages)


@settings(max_examples=40, deadline=None)
@given(
    texts=st.lists(st.one_of(st.none(), st.text(max_size=80)), min_size=1, max_size=12),
    window=st.integers(20, 200),
)
async def test_every_row_that_was_asked_is_found_and_no_other(texts: list[str | None], window: int) -> None:
    blobs = memory_blob_store()
    rows = {index: row(index, text) for index, text in enumerate(texts) if text is not None}
    await blobs.put("requests", b"".join(encode_request(each) for each in rows.values()))
    for index in range(-1, len(texts) + 1):
        assert await find_request(blobs, "requests", index, window_bytes=window) == rows.get(index)
