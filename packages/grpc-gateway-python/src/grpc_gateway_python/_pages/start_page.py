"""The start page, at `/`."""

import re
from typing import Final

from starlette.types import Receive, Scope, Send

from grpc_gateway_python._pages.static_documents import ENCODING, HTML, StaticDocument
from grpc_gateway_python._responses.errors import GatewayError
from grpc_gateway_python.v1.gateway_errors import route_not_found

PATH: Final = "/"
ACCEPTS_HTML: Final = re.compile(
    rb"(?:^|,)\s*text/html\s*(?:;(?!\s*q=0(?:\.0*)?\s*(?:,|$))|,|$)", re.IGNORECASE
)


class StartPage:
    """Serves the start page to clients that ask for HTML by name, as browsers do.

    All others get the error of an unknown route: a client of the API whose URL lacks a path must not take a page for
    its response.
    """

    def __init__(self, html: bytes) -> None:
        self._page = StaticDocument(html, HTML, vary=b"accept, " + ENCODING)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves the page.

        Raises:
            GatewayError: The client doesn't ask for HTML.
        """
        accepted = b",".join(value for name, value in scope["headers"] if name == b"accept")
        if ACCEPTS_HTML.search(accepted) is None:
            raise GatewayError(route_not_found(), (b"vary", b"accept"))
        await self._page(scope, receive, send)
