"""Documents that don't change while the gateway runs: pages, the files that they load, specifications, health."""

import gzip
import hashlib
from pathlib import Path
from typing import Final

from starlette.types import Receive, Scope, Send

from grpc_gateway_python._responses.responses import JSON, Response
from grpc_gateway_python._responses.security_headers import CONTENT_POLICY, page_policy

HTML: Final = (b"content-type", b"text/html; charset=utf-8")
REVALIDATED: Final = b"no-cache"
"""Cached, and asked for again with its entity tag."""
ENCODING: Final = b"accept-encoding"
KEPT: Final = frozenset({b"cache-control", b"vary", CONTENT_POLICY})
"""The headers of a whole response that a 304 repeats."""
SMALLEST_COMPRESSED: Final = 512
"""Smaller documents are sent as they are."""


class StaticDocument:
    """A document whose bytes, tag and compressed form are made once, at start-up.

    Args:
        body: The bytes.
        content_type: The header. A document of HTML gets the content policy of a page.
        caching: The value of Cache-Control.
        vary: The value of Vary.
        inline: HTML whose inline scripts and styles the policy allows, see `page_policy`.
    """

    def __init__(
        self,
        body: bytes,
        content_type: tuple[bytes, bytes] = JSON,
        *,
        caching: bytes = REVALIDATED,
        vary: bytes = ENCODING,
        inline: bytes = b"",
    ) -> None:
        self._body = body
        tag = hashlib.sha256(body).hexdigest()[:32].encode()
        own = [content_type, (b"cache-control", caching), (b"vary", vary)]
        if content_type == HTML:
            own.append(page_policy(inline))
        self._plain = _Variant(body, b'"%b"' % tag, own)
        # mtime=0 keeps the bytes the same at every start.
        compressed = gzip.compress(body, mtime=0) if len(body) >= SMALLEST_COMPRESSED else body
        self._gzip = _Variant(
            compressed, b'"%b-gzip"' % tag, [*own, (b"content-encoding", b"gzip")]
        )

    @classmethod
    def of_file(cls, path: Path) -> "StaticDocument":
        """Reads a document: HTML with its inline scripts and styles if the name ends with .html, otherwise JSON."""
        body = path.read_bytes()
        return cls(body, HTML, inline=body) if path.suffix == ".html" else cls(body, JSON)

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Serves it, or says that the client has it already."""
        headers = dict(scope["headers"])
        gzipped = len(self._body) >= SMALLEST_COMPRESSED and _takes_gzip(headers.get(ENCODING, b""))
        variant = self._gzip if gzipped else self._plain
        tags = headers.get(b"if-none-match", b"")
        await variant.response(tags).send(send)


class _Variant:
    def __init__(self, body: bytes, tag: bytes, headers: list[tuple[bytes, bytes]]) -> None:
        self._tag = tag
        self._whole = Response(200, [*headers, (b"etag", tag)], body)
        # A browser takes over the headers of a 304, and would hold the page to another policy.
        kept = [header for header in headers if header[0] in KEPT]
        self._unchanged = Response(304, [(b"etag", tag), *kept], b"")

    def response(self, tags: bytes) -> Response:
        """Returns the response to a client that has cached the versions with these entity tags."""
        known = {tag.strip().removeprefix(b"W/") for tag in tags.split(b",")}
        return self._unchanged if self._tag in known or b"*" in known else self._whole


def _takes_gzip(accept_encoding: bytes) -> bool:
    for word in accept_encoding.split(b","):
        coding, _, quality = word.replace(b" ", b"").partition(b";")
        if coding.lower() == b"gzip":
            return quality not in {b"q=0", b"q=0.0", b"q=0.00", b"q=0.000"}
    return False
