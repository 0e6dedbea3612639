"""Security headers for browsers (OWASP REST Security Cheat Sheet)."""

import base64
import hashlib
import re
from typing import Final

from grpc_gateway_python._responses.errors import Header, Headers

CONTENT_POLICY: Final = b"content-security-policy"
ALWAYS: Final[Headers] = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
]
NOTHING: Final = (CONTENT_POLICY, b"default-src 'none'; frame-ancestors 'none'")
"""The policy of a response that isn't a page: a browser that displays it loads and runs nothing."""
INLINE: Final = re.compile(rb"<(script|style)(?![^>]*\ssrc=)[^>]*>(.*?)</\1>", re.DOTALL)


def secured(headers: Headers) -> Headers:
    """Returns a response's headers with the security headers; the response's own content policy is kept."""
    for name, _ in headers:
        if name == CONTENT_POLICY:
            return [*headers, *ALWAYS]
    return [*headers, *ALWAYS, NOTHING]


def page_policy(inline: bytes = b"") -> Header:
    """Returns the content policy of a page: it loads files of this server only.

    Args:
        inline: HTML whose inline scripts and styles may run, too; none may by default. It must be a file as its author
            wrote it: a script that is injected while a page is rendered would be allowed with the others.
    """
    allowed: dict[bytes, list[bytes]] = {b"script": [b"'self'"], b"style": [b"'self'"]}
    for kind, text in INLINE.findall(inline):
        allowed[kind].append(b"'sha256-%b'" % base64.b64encode(hashlib.sha256(text).digest()))
    return CONTENT_POLICY, b"; ".join(
        [
            b"default-src 'none'",
            b" ".join([b"script-src", *allowed[b"script"]]),
            b" ".join([b"style-src", *allowed[b"style"]]),
            b"img-src 'self' data:",  # the style of Swagger UI has its icons in it
            b"connect-src 'self'",
            b"base-uri 'none'",
            b"form-action 'none'",
            b"frame-ancestors 'none'",
        ]
    )
