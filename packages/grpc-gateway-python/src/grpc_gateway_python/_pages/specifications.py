"""The OpenAPI documents that a gateway serves.

They ask for tokens only if the gateway does, and tell its public URL or its path prefix.
"""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from starlette.types import ASGIApp, Receive, Scope, Send

from grpc_gateway_python._pages.document import Document
from grpc_gateway_python._pages.path_prefix import PathPrefix
from grpc_gateway_python._pages.public_url import at_public_url
from grpc_gateway_python._pages.static_documents import StaticDocument

VERSIONS: Final = ("swagger", "openapi")
"""The members that only OpenAPI documents have."""
PREFIXES_KEPT: Final = 8


class SpecificationDocument:
    """An OpenAPI document below the path prefix of each request."""

    def __init__(self, document: dict[str, Any], prefix: PathPrefix) -> None:
        self._document = document
        self._prefix = prefix
        self._below = lru_cache(PREFIXES_KEPT)(self._make)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves it."""
        await self._below(self._prefix.of(scope))(scope, receive, send)

    def _make(self, prefix: str) -> StaticDocument:
        document = below_prefix(self._document, prefix)
        return StaticDocument(f"{json.dumps(document, indent=2, ensure_ascii=False)}\n".encode())


def served_document(
    source: Path | Document, *, access_control: bool, prefix: PathPrefix, public_url: str
) -> ASGIApp:
    """Returns what serves a document; one that isn't OpenAPI is served as it is.

    Args:
        source: The file of a generated document, or a document that was made at start.
        access_control: Whether the gateway asks for tokens. Without it, the served document asks for none.
        prefix: Finds the path prefix of a request.
        public_url: The URL at which clients reach the API; empty if the document tells it, or only the prefix.

    Raises:
        PublicUrlError: The public URL is wrong.
    """
    if isinstance(source, Document):
        return StaticDocument(source.text.encode(), (b"content-type", source.content_type.encode()))
    document = json.loads(source.read_bytes()) if source.suffix == ".json" else {}
    if not any(version in document for version in VERSIONS):
        return StaticDocument.of_file(source)
    found = document if access_control else without_security(document)
    return SpecificationDocument(at_public_url(found, public_url), prefix)


def below_prefix(document: dict[str, Any], prefix: str) -> dict[str, Any]:
    """Returns the document of a gateway that clients see below a path prefix; URLs with a host stay as they are."""
    if not prefix or "host" in document:
        return document
    if "swagger" in document:
        return document | {"basePath": prefix + document.get("basePath", "/").rstrip("/")}
    servers = [
        server | {"url": prefix + server["url"].rstrip("/")}
        if server["url"].startswith("/") and not server["url"].startswith("//")
        else server
        for server in document.get("servers", [{"url": "/"}])
    ]
    return document | {"servers": servers}


def without_security(document: dict[str, Any]) -> dict[str, Any]:
    """Returns the document of a gateway without access control: no operation asks for a token."""
    found = {name: value for name, value in document.items() if name != "securityDefinitions"}
    found["security"] = []
    if "components" in found:
        components = found["components"]
        found["components"] = {
            name: value for name, value in components.items() if name != "securitySchemes"
        }
    found["paths"] = {
        path: {
            verb: {name: value for name, value in operation.items() if name != "security"}
            for verb, operation in item.items()
        }
        for path, item in document["paths"].items()
    }
    return found
