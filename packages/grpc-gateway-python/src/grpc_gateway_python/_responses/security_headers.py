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


def page_policy(html: bytes) -> Header:
    """Returns the content policy of a page: it allows files of this server and the page's inline scripts.

    Styles may be inline, because Swagger UI sets them on elements.
    """
    scripts = [
        b"'sha256-%b'" % base64.b64encode(hashlib.sha256(text).digest())
        for kind, text in INLINE.findall(html)
        if kind == b"script"
    ]
    return CONTENT_POLICY, b"; ".join(
        [
            b"default-src 'none'",
            b" ".join([b"script-src 'self'", *scripts]),
            b"style-src 'self' 'unsafe-inline'",
            b"img-src 'self' data:",
            b"font-src 'self' data:",
            b"connect-src 'self'",
            b"base-uri 'self'",
            b"form-action 'none'",
            b"frame-ancestors 'none'",
        ]
    )
