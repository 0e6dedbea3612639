"""The files that pages load. A file's URL has a hash of its content, so that browsers may cache it for ever."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from grpc_gateway_python._pages.static_documents import StaticDocument

FOLDER: Final = Path(__file__).parent / "static"
PATH: Final = "/docs/assets"
HASH_DIGITS: Final = 12
CONTENT_TYPES: Final = {
    ".css": b"text/css; charset=utf-8",
    ".js": b"text/javascript; charset=utf-8",
    ".svg": b"image/svg+xml",
}
FOREVER: Final = b"public, max-age=31536000, immutable"


def load_assets() -> tuple[Mapping[str, str], dict[str, StaticDocument]]:
    """Reads all files.

    Returns:
        File name → URL path; URL path → the document to serve there.
    """
    paths: dict[str, str] = {}
    documents: dict[str, StaticDocument] = {}
    for file in sorted(FOLDER.rglob("*")):
        if file.suffix not in CONTENT_TYPES:
            continue
        content = file.read_bytes()
        tag = hashlib.sha256(content).hexdigest()[:HASH_DIGITS]
        path = f"{PATH}/{file.stem}-{tag}{file.suffix}"
        paths[file.name] = path
        documents[path] = StaticDocument(
            content, (b"content-type", CONTENT_TYPES[file.suffix]), caching=FOREVER
        )
    return paths, documents
