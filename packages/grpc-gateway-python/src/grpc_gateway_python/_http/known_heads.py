"""The heads of requests that were served directly, by the bytes behind the request line.

Most requests of a client have the same headers. The parser has seen them before, so that splitting the request line
is all that is left to do.
"""

import re
from typing import Final

from grpc_gateway_python._requests.request_head import RequestHead

REQUEST_LINE: Final = re.compile(
    rb"([A-Z]+) (/[-A-Za-z0-9._~/%:@!$&'()*+,;=]*)(?:\?([-A-Za-z0-9._~/%:@!$&'()*+,;=?]*))? HTTP/1\.1\r\n"
)
"""A request line in the origin form with characters that RFC 3986 allows. The parser accepts each of them, too."""
END: Final = b"\r\n\r\n"
HEADS_MAX: Final = 512
"""How many heads are remembered; then all are forgotten."""
HEAD_BYTES_MAX: Final = 2048
"""The size of the largest head that is remembered."""


class Piece:
    """A received piece that may be one whole request."""

    __slots__ = ("block", "body_at", "data", "line")

    def __init__(self, data: bytes, line: re.Match[bytes], body_at: int) -> None:
        self.data = data
        self.line = line
        self.body_at = body_at
        self.block = data[line.end() : body_at]
        """The headers with the empty line."""


class KnownHeads:
    """Heads of ordinary requests, over all connections."""

    def __init__(self) -> None:
        self._heads: dict[bytes, RequestHead] = {}
        self.get = self._heads.get
        """Returns the head of a block of headers; None for one that wasn't seen yet."""

    def __len__(self) -> int:
        return len(self._heads)

    def remember(self, piece: Piece, head: RequestHead) -> None:
        """Remembers the head of a request that was parsed from a piece, unless the piece has more than this request."""
        if len(piece.block) > HEAD_BYTES_MAX or len(piece.data) - piece.body_at != head.body_bytes:
            return
        if len(self._heads) >= HEADS_MAX:
            self._heads.clear()
        self._heads[piece.block] = head


def piece_of(data: bytes) -> Piece | None:
    """Returns the parts of a piece that begins with an ordinary request line and has a complete head."""
    line = REQUEST_LINE.match(data)
    if line is None:
        return None
    # A head without headers is invalid in HTTP/1.1, so the empty line comes behind at least one.
    end = data.find(END, line.end())
    return None if end < 0 else Piece(data, line, end + len(END))
