"""Server-sent events, as far as OpenAI's streams use them (html.spec.whatwg.org, "Server-sent events")."""

from textnlp.domain.errors import ErrorKind, TextNLPError

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class EventParser:
    """Cuts bytes that arrive in any pieces into the data of events; one parser a stream.

    Lines end in LF, CR or CRLF. Comments and fields other than `data` are skipped; several `data` lines of one event
    are joined by LF, and an event without data is none. Raises `BAD_RESPONSE` when one event grows beyond
    `max_event_bytes`.
    """

    def __init__(self, *, max_event_bytes: int = 16 << 20) -> None:
        self._max_event_bytes = max_event_bytes
        self._rest = b""
        self._data: list[bytes] = []
        self._data_bytes = 0
        self._is_begun = False
        self._ended_in_cr = False

    def feed(self, piece: bytes) -> list[bytes]:
        """Return the data of the events that `piece` completes, in order."""
        text = self._rest + self._with_line_feeds(piece) if piece else self._rest
        if not self._is_begun:
            if len(text) < len(_BYTE_ORDER_MARK) and _BYTE_ORDER_MARK.startswith(text):
                self._rest = text
                return []
            self._is_begun = True
            text = text.removeprefix(_BYTE_ORDER_MARK)
        *lines, self._rest = text.split(b"\n")
        events: list[bytes] = []
        for line in lines:
            self._take_line(line, events)
        if len(self._rest) + self._data_bytes > self._max_event_bytes:
            raise TextNLPError(
                f"An event of the stream is larger than {self._max_event_bytes} bytes.",
                kind=ErrorKind.BAD_RESPONSE,
            )
        return events

    def end(self) -> list[bytes]:
        """Return the event that the end of the stream cut off from its blank line, if there is one."""
        return self.feed(b"\n\n")

    def _with_line_feeds(self, piece: bytes) -> bytes:
        if self._ended_in_cr and piece.startswith(b"\n"):
            piece = piece[1:]
            self._ended_in_cr = False
        if b"\r" not in piece:
            self._ended_in_cr = self._ended_in_cr and not piece
            return piece
        self._ended_in_cr = piece.endswith(b"\r")
        return piece.replace(b"\r\n", b"\n").replace(b"\r", b"\n")

    def _take_line(self, line: bytes, events: list[bytes]) -> None:
        if not line:
            data = b"\n".join(self._data)
            if data:
                events.append(data)
            self._data.clear()
            self._data_bytes = 0
            return
        name, _, value = line.partition(b":")
        if name == b"data":
            self._data.append(value.removeprefix(b" "))
            self._data_bytes += len(line)
