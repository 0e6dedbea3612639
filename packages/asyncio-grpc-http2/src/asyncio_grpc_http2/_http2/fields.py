"""Rules of header fields and header lists (RFC 9113, sections 8.2 and 8.3)."""

import re

from asyncio_grpc_http2._http2.errors import ErrorCode, Http2StreamError

_NAME = re.compile(r":?[!#$%&'*+\-.^_`|~0-9a-z]+")
_FORBIDDEN_IN_VALUE = re.compile(r"[\0\r\n]")
_CONNECTION_SPECIFIC = frozenset(
    ("connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade")
)
_REQUEST_PSEUDO_FIELDS = frozenset((":authority", ":method", ":path", ":scheme"))
_valid_names: set[str] = set()
_VALID_NAMES_MAX = 1024


def malformed(text: str) -> Http2StreamError:
    """Returns the error of a message that breaks the rules of HTTP."""
    return Http2StreamError(ErrorCode.PROTOCOL_ERROR, text)


def check_field(name: str, value: str) -> None:
    """Checks one field.

    Blanks around a value are accepted: gRPC servers send messages that end with one.

    Raises:
        Http2StreamError: the field is malformed.
    """
    if name not in _valid_names:
        _check_name(name)
    if not value.isprintable() and _FORBIDDEN_IN_VALUE.search(value):
        raise malformed(f"value of {name} has a forbidden character")
    if name == "te" and value != "trailers":
        raise malformed("te has another value than trailers")


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name) or name in _CONNECTION_SPECIFIC:
        raise malformed(f"field {name!r} is forbidden")
    if len(_valid_names) < _VALID_NAMES_MAX:
        _valid_names.add(name)


def check_request(headers: list[tuple[str, str]]) -> int | None:
    """Checks the pseudo-header fields of a request.

    Returns:
        The value of content-length.

    Raises:
        Http2StreamError: the request is malformed.
    """
    content_length = None
    pseudo_fields = set()
    regular = False
    for name, value in headers:
        if name[0] == ":":
            if regular or name in pseudo_fields or name not in _REQUEST_PSEUDO_FIELDS:
                raise malformed(f"pseudo-header field {name} is misplaced")
            if not value and name != ":authority":
                raise malformed(f"{name} is empty")
            pseudo_fields.add(name)
        else:
            regular = True
            if name == "content-length":
                content_length = _length(value)
    if len(pseudo_fields - {":authority"}) != len(_REQUEST_PSEUDO_FIELDS) - 1:
        raise malformed("request has no :method, :scheme or :path")
    return content_length


def check_response(headers: list[tuple[str, str]]) -> int | None:
    """Checks the pseudo-header field of a response, and returns the value of content-length.

    Raises:
        Http2StreamError: the response is malformed.
    """
    name, status = headers[0] if headers else ("", "")
    if name != ":status" or not (status.isascii() and status.isdigit() and len(status) == 3):
        raise malformed("response has no :status")
    content_length = None
    for name, value in headers[1:]:
        if name[0] == ":":
            raise malformed(f"pseudo-header field {name} is misplaced")
        if name == "content-length":
            content_length = _length(value)
    return content_length


def check_trailers(headers: list[tuple[str, str]]) -> None:
    """Checks that trailers have no pseudo-header field.

    Raises:
        Http2StreamError: they have.
    """
    for name, _ in headers:
        if name[0] == ":":
            raise malformed("trailers have a pseudo-header field")


def _length(value: str) -> int:
    if not (value.isascii() and value.isdigit()):
        raise malformed("content-length is no number")
    return int(value)
