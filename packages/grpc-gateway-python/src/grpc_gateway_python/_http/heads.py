"""Checks of a request's head that RFC 9112 demands and the parser doesn't make."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from grpc_gateway_python.v1.gateway_errors import (
    http_version_not_supported,
    invalid_http,
    not_implemented,
)
from rpc_contract.errors import ServiceError

HTTP_1_0: Final = "1.0"
HTTP_1_1: Final = "1.1"
AUTHORITY: Final = re.compile(
    rb"(?:\[[0-9A-Fa-f:.]+\]|(?:[-A-Za-z0-9._~!$&'()*+,;=]|%[0-9A-Fa-f]{2})*)(?::[0-9]*)?"
)
"""host and port of RFC 3986, section 3.2; HTTP forbids user information (RFC 9110, section 4.2.4)."""
ABSOLUTE: Final = re.compile(rb"[Hh][Tt][Tt][Pp][Ss]?://([^/?#]+)([^#]*)")
CHUNKED: Final = b"chunked"
ASTERISK: Final = b"*"
UNKNOWN_METHOD: Final = re.compile(rb"(?:\r\n)*[!#$%&'*+.^_`|~0-9A-Za-z-]+ [!-~]+ HTTP/1\.[01]\r\n")
"""A well-formed request line. It tells an unknown method from a syntax error: the parser rejects both alike."""
VERSIONS: Final = frozenset({"Invalid HTTP version", "Pause on PRI/Upgrade"})
"""The parser's errors for versions other than 1.0 and 1.1."""


class HeadError(Exception):
    """A request's head is invalid; `error` is the response."""

    def __init__(self, error: ServiceError) -> None:
        super().__init__(error.message)
        self.error = error


def check_head(version: str, headers: Iterable[tuple[bytes, bytes]]) -> None:
    """Checks version, Host (section 3.2) and Transfer-Encoding (section 6.1).

    Raises:
        HeadError: One of them is invalid.
    """
    if version not in {HTTP_1_1, HTTP_1_0}:
        raise HeadError(http_version_not_supported())
    hosts = 0
    codings = b""
    for name, value in headers:
        if name == b"host":
            hosts += 1
            if hosts > 1 or not _is_authority(value):
                raise HeadError(invalid_http())
        elif name == b"transfer-encoding":
            codings += b"," + value
    if codings:
        _check_codings(version, codings[1:].lower())
    if not hosts and version == HTTP_1_1:
        raise HeadError(invalid_http())


def origin_form(method: bytes, target: bytes) -> bytes:
    """Returns a request target without scheme and authority (section 3.2).

    Raises:
        HeadError: It is not a valid target of this method.
    """
    if target.startswith(b"/") and b"#" not in target:
        return target
    if target == ASTERISK and method == b"OPTIONS":
        return target
    absolute = ABSOLUTE.fullmatch(target)
    if absolute is None or not _is_authority(absolute[1]):
        raise HeadError(invalid_http())
    rest = absolute[2]
    return rest if rest.startswith(b"/") else b"/" + rest


def http_error_of(error: Exception, data: bytes) -> ServiceError:
    """Returns the error to respond with when the parser rejected `data`."""
    cause = error.__context__
    if isinstance(cause, HeadError):
        return cause.error
    text = str(error)
    if text in VERSIONS:
        return http_version_not_supported()
    if text == "Invalid method encountered" and UNKNOWN_METHOD.match(data):
        return not_implemented()
    return invalid_http()


def _check_codings(version: str, codings: bytes) -> None:
    *others, last = (coding.strip() for coding in codings.split(b","))
    # HTTP/1.0 has no transfer codings: an intermediary may have ignored the header and read another body.
    if version == HTTP_1_0 or last != CHUNKED or CHUNKED in others:
        raise HeadError(invalid_http())
    if others:
        raise HeadError(not_implemented())


@lru_cache(maxsize=64)
def _is_authority(text: bytes) -> bool:
    return AUTHORITY.fullmatch(text) is not None
