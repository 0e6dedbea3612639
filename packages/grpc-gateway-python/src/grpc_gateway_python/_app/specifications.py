"""The OpenAPI documents that a gateway serves: they ask for tokens only if the gateway does."""

import json
from pathlib import Path
from typing import Any, Final

from grpc_gateway_python._app.static_documents import StaticDocument

VERSIONS: Final = ("swagger", "openapi")
"""The members that only OpenAPI documents have."""


def specification_document(path: Path, *, access_control: bool) -> StaticDocument:
    """Returns a document of OpenAPI; another file is served as it is.

    Args:
        path: The generated document.
        access_control: Whether the gateway asks for tokens. Without it, the served document asks for none.
    """
    if access_control or path.suffix != ".json":
        return StaticDocument.of_file(path)
    document = json.loads(path.read_bytes())
    if not any(version in document for version in VERSIONS):
        return StaticDocument.of_file(path)
    text = json.dumps(without_security(document), indent=2, ensure_ascii=False)
    return StaticDocument(f"{text}\n".encode())


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
